"""Take the pictures in docs/pages/: every page inside Airflow, light and dark. Needs Debian's package chromium.

Makes a sample iX-Haus and a sandbox portal in a temporary folder, runs every DAG into it, and starts Airflow's pages.
The runs of the 30 days before are invented, so that the chart has something to show. With names of pictures behind the
command, such as `today`, only those are taken.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from playwright.sync_api import Browser, FrameLocator, Page, sync_playwright

from demo.ports import free_port

TARGET: Final = Path(__file__).parent / "pages"
QUESTION: Final = "4f0c9d2ab1e35768"
"""Id of the invented question."""


def leave(_inside: FrameLocator) -> None:
    """Leave a page as it opens."""


def open_reason(inside: FrameLocator) -> None:
    """Open the first reason to its records."""
    inside.locator("details summary").first.click()


def ask_why(inside: FrameLocator) -> None:
    """Ask the page Warum? about a person."""
    inside.get_by_label("Art").select_option(index=2)
    inside.get_by_label("Kennung").fill("129.R16.1")
    inside.locator("main form.filters button").click()
    inside.locator(".card").first.wait_for()
    inside.get_by_text("Die Antwort wird ausgerechnet").wait_for(state="hidden", timeout=60_000)
    inside.locator(".card").first.wait_for()


def open_run(inside: FrameLocator) -> None:
    """Open the newest run of documents, which has records worth a look, and its first reason."""
    inside.locator("#listed tbody tr", has_text="Dokumente").first.locator("th a").click()
    inside.locator("h3").first.wait_for()
    inside.locator("details summary").first.click()


def open_report(inside: FrameLocator) -> None:
    """Open the first report."""
    inside.locator("table.cards tbody a").first.click()
    inside.locator("main section, main .card").first.wait_for()


def open_question(inside: FrameLocator) -> None:
    """Open the question that waits."""
    inside.locator("table.cards tbody a").first.click()
    inside.locator("#list").wait_for()


MORE: Final[dict[str, tuple[str, Callable[[FrameLocator], None]]]] = {
    "today": ("today", open_reason),
    "run": ("protocol", open_run),
    "report": ("reports", open_report),
    "why": ("why", ask_why),
    "approval": ("approvals", open_question),
}
"""Pictures of something that has to be opened first: name → page it is opened from, and how."""
PHONE: Final = {"today": "today", "protocol": "protocol", "approval": f"approvals/production/{QUESTION}"}
"""Pictures as a phone shows them: name → page."""


def prepare_sample(home: Path) -> None:
    """Make the sample, run every DAG, invent the days before, and a question that waits."""
    from demo.embedded import prepare, sync

    prepare(home)
    invent_history()
    sync(home)
    invent_question()


def invent_history() -> None:
    """Write runs of the last 30 days into the protocol, like those of a house that is in step."""
    from include.groups import GROUPS
    from include.ixhaus.database import open_engine
    from include.sync.protocol import Counts, RunKey, close_run, open_run
    from include.vocabulary.clock import utc_now
    from include.vocabulary.state import RunStatus

    engine, chance, now = open_engine("ixhaus_production"), random.Random(7), utc_now()  # noqa: S311 - no secret
    for days in range(30, 0, -1):
        for hour, group in enumerate(GROUPS):
            began = (now - timedelta(days=days)).replace(hour=hour + 1, minute=0, second=chance.randint(0, 30))
            sent, errors = chance.randint(20, 300) * (1 + 4 * (days % 7 == 1)), max(0, chance.randint(-12, 2))
            run = RunKey("production", group, f"casavi_{group}/scheduled__{began.isoformat()}#{days}")
            counts = Counts(
                read=4200,
                sent=sent,
                created=sent // 3,
                updated=sent - sent // 3,
                unchanged=4100 - sent,
                withheld=100,
                invalid=3 * (days // 4) if group == "persons" else 0,
                errors=errors,
            )
            open_run(engine, run, began)
            status = RunStatus.ERRORS if errors else RunStatus.OK
            close_run(engine, run, counts, status, "", began + timedelta(seconds=chance.randint(3, 20)))


def invent_question() -> None:
    """Let the newest run of persons wait for an answer about some of the contacts and contracts it has sent."""
    from sqlalchemy import insert, select

    from include.ixhaus.contract.own import SP_ABGLEICH, SP_FREIGABE, SP_FREIGABE_SATZ
    from include.ixhaus.database import open_engine
    from include.lookup.runs import Selection, find_runs
    from include.sync.protocol import Entry, RunKey, add_entries
    from include.vocabulary.clock import to_utc_column, utc_now
    from include.vocabulary.reasons import explain
    from include.vocabulary.state import HELD, Level

    engine, now, row = open_engine("ixhaus_production"), utc_now(), SP_ABGLEICH.c
    (run,) = find_runs(engine, Selection(system="production", group="persons"), 1)
    sent = select(row.record_type, row.external_id, row.properties).where(row.group == "persons", row.state.in_(HELD))
    question = {"system": "production", "approval": QUESTION}
    with engine.begin() as connection:
        records = [
            {**question, "record_type": kind, "external_id": key, "kind": "remove", "reason": "MOVED_OUT",
             "properties": properties, "mark": ""}
            for kind, key, properties in connection.execute(sent.order_by(row.properties, row.external_id).limit(46))
        ]  # fmt: skip
        connection.execute(insert(SP_FREIGABE_SATZ), records)
        connection.execute(
            insert(SP_FREIGABE).values(
                **question, group="persons", state="open", count=len(records), cause=explain("REMOVAL_GUARD"),
                run=run["run"], asked_at=to_utc_column(now), valid_until=to_utc_column(now + timedelta(hours=72)),
            )
        )  # fmt: skip
        key = RunKey("production", "persons", run["run"])
        held = [Entry(one["record_type"], one["external_id"], Level.GUARDED, "REMOVAL_GUARD") for one in records]
        add_entries(connection, key, held, now)


@contextmanager
def airflow(port: int) -> Iterator[str]:
    """Run Airflow's API server; yields its address."""
    command = ["airflow", "api-server", "--apps", "core", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urlopen(f"{address}/api/v2/version", timeout=1).close()  # noqa: S310 - our own address
                break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def take_all(address: str, wanted: Sequence[str]) -> None:
    """Take the wanted pictures, all if none is named: light and dark, some of them as a phone shows them."""
    from include.vocabulary.clock import berlin_day, utc_now

    TARGET.mkdir(exist_ok=True)
    today = berlin_day(utc_now())
    framed = f"{address}/plugin/serviceportal/serviceportal"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        pictures = {name: (name, leave) for name in navigation(browser, address)} | MORE
        pictures["protocol"] = (f"protocol?first={today - timedelta(days=1)}&last={today}", leave)
        for scheme in ("light", "dark"):
            for name, (start, how) in pictures.items():
                if name in (wanted or pictures):
                    take(browser, f"{framed}/{start}", f"{name}-{scheme}", scheme, how)
            for name, path in PHONE.items():
                if name in (wanted or PHONE):
                    take_phone(browser, f"{address}/serviceportal/{path}", f"{name}-phone-{scheme}", scheme)
        browser.close()


def navigation(browser: Browser, address: str) -> list[str]:
    """Return the names of the pages in the navigation."""
    page = new_page(browser, address, "light", 1280)
    page.goto(f"{address}/serviceportal/protocol")
    links = page.locator("header nav").first.locator("a").evaluate_all("links => links.map(link => link.pathname)")
    page.context.close()
    return [link.rsplit("/", 1)[1] for link in links]


def new_page(browser: Browser, address: str, scheme: str, width: int) -> Page:
    """Return a page of a German reader who has logged in."""
    context = browser.new_context(
        locale="de-DE", viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    page.goto(f"{address}/auth/token/login")  # in the embedded default everybody is an administrator
    page.wait_for_load_state("networkidle")
    return page


def take(browser: Browser, url: str, name: str, scheme: str, how: Callable[[FrameLocator], None]) -> None:
    """Take a picture of a page within Airflow, as high as the page is."""
    page = new_page(browser, url.partition("/plugin")[0], scheme, 1280)
    page.goto(url)
    inside = page.frame_locator("iframe[title=Serviceportal]")
    inside.locator("h1").wait_for()
    how(inside)
    height = int(inside.locator("html").evaluate("html => html.querySelector('main').getBoundingClientRect().bottom"))
    page.set_viewport_size({"width": 1280, "height": min(max(height + 20, 700), 1600)})
    page.wait_for_timeout(500)
    page.screenshot(path=TARGET / f"{name}.png")
    page.context.close()


def take_phone(browser: Browser, url: str, name: str, scheme: str) -> None:
    """Take a picture of a page by itself, as wide as a phone."""
    page = new_page(browser, url.partition("/serviceportal")[0], scheme, 390)
    page.goto(url)
    page.screenshot(path=TARGET / f"{name}.png", clip={"x": 0, "y": 0, "width": 390, "height": 1100}, full_page=True)
    page.context.close()


def main() -> None:
    """Make the sample and take the pictures."""
    os.environ["SANDBOX_PORT"] = str(free_port())
    from demo.embedded import environment, sandbox

    with tempfile.TemporaryDirectory(prefix="screenshots-") as folder:
        port, home = free_port(), Path(folder)
        os.environ.update(environment(home))
        os.environ["AIRFLOW__API__BASE_URL"] = f"http://127.0.0.1:{port}"
        prepare_sample(home)
        with sandbox(home), airflow(port) as address:
            take_all(address, sys.argv[1:])
    sys.stdout.write(json.dumps(sorted(path.name for path in TARGET.glob("*.png")), indent=2) + "\n")


if __name__ == "__main__":
    main()
