"""Trying other settings: who would come and go, the lines for the file, and saving them with a reason (R57)."""

import re
from html import unescape
from pathlib import Path
from typing import Literal

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from include.settings import digest_of
from include.vocabulary.clock import utc_now
from tests.pages.accessible import TELEPHONE, too_wide, violations
from tests.pages.rig import Pages, visit
from tests.sandbox import Reply

pytestmark = [
    pytest.mark.rule("R57"),
    # Airflow's execution API imports svcs, and that Starlette's test client, as soon as the rig makes a form's token.
    pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated"),
]
PAGE = "/configuration/trial"


@pytest.fixture(autouse=True)
def nothing_saved(pages: Pages) -> Path:
    """Nothing was saved before a test; returns the file of production."""
    folder = pages.folder / "config"
    for history in folder.glob("*.history"):
        history.unlink()
    return folder / "production.yaml"


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def enter(pages: Pages, user: str = "admin", **fields: str) -> Reply:
    """The form of the page as it is sent."""
    return pages.submit(PAGE, PAGE, {"system": "production", **fields}, user)


def save(pages: Pages, user: str = "admin", **fields: str) -> Reply:
    """The form under the result as it is sent, with the digest of the file as it is unless another is given."""
    digest = digest_of("production", pages.folder / "config")
    given = {"system": "production", "token": pages.token(user), "digest": digest, "why": "Ring verkauft"}
    return pages.post(f"{PAGE}/save", given | fields, user)


def ready(page: Page) -> None:
    page.locator("#list").wait_for()


# trying


def test_a_range_is_tried_and_saved_with_a_reason(synced: Pages, browser: Browser, nothing_saved: Path) -> None:
    clipboard = ["clipboard-read", "clipboard-write"]
    schemes: list[tuple[int, Literal["light", "dark"]]] = [(1440, "light"), (TELEPHONE, "dark")]
    with visit(browser, synced, "/configuration", permissions=clipboard) as page:
        page.get_by_role("link", name="Andere Werte ausprobieren").click()
        page.get_by_label("Objektbereich", exact=True).fill("101-129, 200, 300")
        page.get_by_role("button", name="Ausprobieren").click()
        ready(page)
        assert "In Kraft: 100-129, 200" in page.locator(".changed").inner_text()
        facts = page.locator("#result ~ [role=status]").inner_text()
        assert re.search(r"kämen\s+[0-9]+", facts)
        for width, scheme in schemes:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            assert (violations(page), too_wide(page)) == ([], False)
        page.locator("#record_type").select_option("property")
        page.get_by_role("button", name="Filtern").click()
        rows = page.locator("table").last.locator("tbody tr")
        expect(rows).to_have_text([re.compile(rf"^\s*{number}\s+Objekt\b") for number in (100, 300)])
        link = rows.last.get_by_role("link").first
        assert link.get_attribute("href") == "/serviceportal/why/property/300?system=production"
        assert page.locator("#lines").input_value() == "properties: 101-129, 200, 300\n"
        page.get_by_role("button", name="Kopieren").click()
        expect(page.locator("[data-copy-status]")).to_have_text("Kopiert.")
        assert page.evaluate("navigator.clipboard.readText()") == "properties: 101-129, 200, 300\n"
        before = nothing_saved.read_text(encoding="utf-8")
        page.get_by_label("Warum wird das geändert?").fill("Haus 100 ist verkauft")
        page.get_by_role("button", name="Speichern").click()
        page.get_by_text("Gespeichert; die neuen Werte gelten ab dem nächsten Lauf.").wait_for()
        saved = page.locator("#history ~ .scroll tbody tr").inner_text()
        for part in ("admin", "Haus 100 ist verkauft", "-properties: 100-129, 200", "+properties: 101-129, 200, 300"):
            assert part in saved
    after = before.replace("properties: 100-129, 200\n", "properties: 101-129, 200, 300\n")
    assert nothing_saved.read_text(encoding="utf-8") == after != before
    assert "101–129, 200, 300" in text_of(synced.get("/configuration").text)


def test_the_same_way_in_english(synced: Pages, browser: Browser, nothing_saved: Path) -> None:
    with visit(browser, synced, "/configuration", language="en-GB") as page:
        page.get_by_role("link", name="Try other values").click()
        page.get_by_label("Document type", exact=True).fill("Anschreiben")
        page.get_by_role("button", name="Try", exact=True).click()
        ready(page)
        assert "In force: Abrechnung, Anschreiben, Protokoll" in page.locator(".changed").inner_text()
        assert page.locator("#lines").input_value() == "document_types: [Anschreiben]\n"
        page.get_by_label("Why is this changed?").fill("Minutes stay inside")
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Saved; the new values hold from the next run on.").wait_for()
        assert "Minutes stay inside" in page.locator("#history ~ .scroll tbody tr").inner_text()
    assert "document_types: [Anschreiben]\n" in nothing_saved.read_text(encoding="utf-8")


def test_a_value_that_is_not_valid_is_named_at_its_field(pages: Pages, browser: Browser) -> None:
    with visit(browser, pages, PAGE) as page:
        field = page.get_by_label("Objektbereich", exact=True)
        field.fill("200-100")
        page.get_by_label("Anzahl", exact=True).fill("viele")
        page.get_by_role("button", name="Ausprobieren").click()
        sentence = "der Bereich „200-100“ läuft rückwärts; „100-200“ schreiben"
        assert f"Objektbereich: {sentence}" in page.get_by_role("alert").inner_text()
        assert field.get_attribute("aria-invalid") == "true"
        assert page.locator("#properties-wrong").inner_text() == sentence
        assert "das muss eine ganze Zahl sein" in page.locator("#removal_guard-max_count-wrong").inner_text()
        assert field.input_value() == "200-100"
        assert page.locator("#lines").count() == 0


def test_values_in_force_are_said_to_be_nothing_to_try(pages: Pages) -> None:
    answer = enter(pages, properties=" 200, 100-129")
    assert answer.status == 200
    assert "Es gibt nichts auszuprobieren." in text_of(answer.text)


def test_what_a_value_holds_is_escaped(pages: Pages) -> None:
    assert "<script>alert" not in pages.get(f"{PAGE}?user_teams=<script>alert(1)</script>".replace("<", "%3C")).text


def test_a_long_list_comes_a_page_at_a_time() -> None:
    from include.lookup.trial import Effect
    from include.pages.trial import SHOWN, Filter, Found, _listed

    moves = pd.DataFrame({"external_id": [str(number) for number in range(130)], "is_due": True, "waits": False})
    moves = moves.assign(record_type="unit", reason="UNIT_RELEASED", properties="100", move=["create", "remove"] * 65)
    found = Found(Effect(utc_now(), ("objects",), "", moves.assign(is_due=moves.index < 120)))
    last = _listed(found, Filter(number=3))
    assert (last["total"], last["pages"], len(last["records"])) == (120, 3, 120 - 2 * SHOWN)
    assert _listed(found, Filter(number=3, every=True))["total"] == 130
    assert _listed(found, Filter(move="remove"))["records"][0]["external_id"] == "1"
    assert [(one.move, one.due, one.anyway) for one in last["numbers"]] == [("create", 60, 5), ("remove", 60, 5)]


# saving


@pytest.mark.parametrize("fields", [{"why": " "}, {"why": "x" * 501}])
def test_nothing_is_saved_without_a_reason(pages: Pages, nothing_saved: Path, fields: dict[str, str]) -> None:
    before = nothing_saved.read_bytes()
    answer = save(pages, user_teams="Nord", **fields)
    assert answer.status == 409
    assert "Es fehlt der Grund, oder er ist länger als 500 Zeichen." in text_of(answer.text)
    assert nothing_saved.read_bytes() == before


def test_a_file_that_has_changed_meanwhile_is_not_overwritten(pages: Pages, nothing_saved: Path) -> None:
    nothing_saved.write_text(f"{nothing_saved.read_text(encoding='utf-8')}# somebody was here\n", encoding="utf-8")
    before = nothing_saved.read_bytes()
    answer = save(pages, user_teams="Nord", digest="0" * 24)
    assert answer.status == 409
    assert "Die Datei ist geändert worden, seit diese Seite geladen wurde." in text_of(answer.text)
    assert nothing_saved.read_bytes() == before


def test_a_change_outside_of_the_pages_is_told(pages: Pages, nothing_saved: Path) -> None:
    assert save(pages, user_teams="Nord").status == 303
    assert "außerhalb dieser Seiten" not in text_of(pages.get("/configuration").text)
    nothing_saved.write_text(f"{nothing_saved.read_text(encoding='utf-8')}# by hand\n", encoding="utf-8")
    assert "config/production.yaml außerhalb dieser Seiten geändert worden" in text_of(pages.get("/configuration").text)


@pytest.mark.parametrize(
    ("user", "can_try", "can_save"), [("admin", 200, 303), ("clerk", 200, 403), ("leser", 403, 403)]
)
def test_who_may_trigger_may_try_and_who_may_edit_connections_may_save(
    pages: Pages, nothing_saved: Path, user: str, can_try: int, can_save: int
) -> None:
    before = nothing_saved.read_bytes()
    assert pages.get(PAGE, user).status == can_try
    assert save(pages, user, user_teams="Nord").status == can_save
    assert (nothing_saved.read_bytes() == before) == (can_save != 303)
    assert ("Andere Werte ausprobieren" in pages.get("/configuration", user).text) == (can_try == 200)


def test_who_may_try_only_is_told_who_may_save(pages: Pages) -> None:
    page = text_of(pages.get(f"{PAGE}?user_teams=Nord", "clerk").text)
    assert "user_teams: [Nord]" in page
    assert "Speichern darf, wer in Airflow die Verbindung casavi_production bearbeiten darf." in page
    assert "Warum wird das geändert?" not in page


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/save"])
def test_a_form_without_the_pages_token_is_refused(pages: Pages, nothing_saved: Path, path: str) -> None:
    before = nothing_saved.read_bytes()
    for token in ({}, {"token": "0" * 64}):
        fields = {"system": "production", "user_teams": "Nord", "why": "so", **token}
        assert pages.post(path, fields).status == 403
    assert nothing_saved.read_bytes() == before
