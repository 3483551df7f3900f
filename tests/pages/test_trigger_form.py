"""Airflow's own form for a run: it can be sent as it stands, and takes no properties that are none."""

import os
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import delete, update

from tests.pages.rig import Pages, visit

DAGS = ("casavi_objects", "casavi_reconcile")


@pytest.fixture(scope="module", autouse=True)
def forgotten(server: Pages) -> Iterator[None]:
    """Airflow knows the DAGs and, afterwards, nothing of a run, which has switched its DAG on."""
    environment = os.environ | server.environment
    subprocess.run(["airflow", "dags", "reserialize"], env=environment, check=True, capture_output=True)
    yield
    from airflow.models.dag import DagModel
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    with create_session() as session:
        session.execute(delete(DagRun).where(DagRun.dag_id.in_(DAGS)))
        session.execute(update(DagModel).where(DagModel.dag_id.in_(DAGS)).values(is_paused=True))


@pytest.mark.airflow
@pytest.mark.parametrize("dag", DAGS)
@pytest.mark.parametrize("properties", ["", "100 oder 200!"])
def test_a_run_is_started_without_filling_in_anything_and_not_for_what_is_no_property(
    pages: Pages, browser: Browser, dag: str, properties: str
) -> None:
    with visit(browser, pages, f"/dags/{dag}") as page:
        page.get_by_role("button", name="Auslösen").first.click()
        form = page.get_by_role("dialog")
        expect(form).to_contain_text("Objekte · Properties")
        form.get_by_role("textbox").last.fill(properties)
        form.get_by_role("button", name="Auslösen").last.click()
        if properties:
            expect(form).to_contain_text("Invalid input for param properties")
        else:
            expect(form).to_be_hidden()
