"""Airflow's own form for a run: it can be sent as it stands, and takes no properties that are none."""

import os
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.pages.rig import Pages, visit

DAGS = ("casavi_objects", "casavi_reconcile")


@pytest.fixture(scope="module", autouse=True)
def forgotten(server: Pages) -> Iterator[None]:
    """Airflow knows the DAGs and, afterwards, nothing of a run, which would switch its DAG on."""
    airflow(server, "reserialize")
    yield
    for dag in DAGS:
        airflow(server, "delete", "--yes", dag)
    airflow(server, "reserialize")


def airflow(pages: Pages, *command: str) -> None:
    environment = os.environ | pages.environment
    subprocess.run(["airflow", "dags", *command], env=environment, check=True, capture_output=True)


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
