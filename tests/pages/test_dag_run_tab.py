"""The tab on a DAG run, after a real run."""

import os
import re
import subprocess
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from include.commands import make_pools
from include.lookup.runs import dag_run_of
from tests.pages.rig import Pages, visit


@pytest.mark.airflow
@pytest.mark.rule("R51")
def test_a_dag_run_has_its_protocol_in_a_tab(pages: Pages, browser: Browser) -> None:
    make_pools()
    command = ["airflow", "dags", "test", "casavi_objects"]
    subprocess.run(command, env=os.environ | pages.environment, check=True, capture_output=True)
    ((run, sent),) = pages.sql("SELECT LAUF, GESENDET FROM SP_PROTOKOLL")
    assert sent > 0
    with visit(browser, pages, f"/dags/casavi_objects/runs/{quote(dag_run_of(run)[1])}") as page:
        links = page.get_by_role("link", name="Serviceportal")
        expect(links).to_have_count(2)  # beside that of all pages the tab's, which comes later
        links.last.click()
        frame = page.frame_locator("iframe[title=Serviceportal]")
        expect(frame.get_by_role("heading", level=2)).to_contain_text("Objekte, Produktiv")
        expect(frame.locator("dl.facts div", has_text=re.compile("^Gesendet"))).to_contain_text(str(sent))
