"""What staff read of an error that Airflow has raised: a sentence of ours, in their language."""

import pytest

from include.sync.steps import logged, told
from include.vocabulary.sentences import in_language


@pytest.mark.airflow
def test_of_a_connection_that_airflow_does_not_have_people_read_what_to_do(airflow_db: None) -> None:
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    with pytest.raises(AirflowNotFoundException) as missing:
        BaseHook.get_connection("nowhere_to_be_found")
    said = told(missing.value)
    assert said == logged(missing.value)
    assert said.startswith("Airflow connection nowhere_to_be_found: there is none of this name")
    assert (
        in_language(said, "de")
        == "Airflow-Verbindung nowhere_to_be_found: sie fehlt; unter Admin > Connections anlegen"
    )


def test_of_what_else_airflow_lacks_no_more_is_said_than_its_kind() -> None:
    from airflow.sdk.exceptions import AirflowNotFoundException

    assert told(AirflowNotFoundException("Erika Beispiel is not there")) == "AirflowNotFoundException"
