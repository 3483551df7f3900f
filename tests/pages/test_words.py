"""A page is in one language: what it says itself has no word of the other."""

import re
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from demo.ixhaus import REPORT_CASES
from include.lookup.runs import dag_run_of
from include.sync.protocol import Entry
from include.vocabulary.reasons import REASONS
from include.vocabulary.state import Level
from include.vocabulary.texts import Language
from tests.lookup.asking import ask, leaving
from tests.pages.moments import today
from tests.pages.rig import Pages
from tests.vocabulary.foreign import foreign_words

VOID = {"br", "col", "hr", "img", "input", "link", "meta", "path", "rect", "line", "circle", "use"}
OF_OTHERS = {"subject", "text", "lines"}
"""Classes of what iX-Haus, the portal or a file says."""
NAMES = re.compile("(M-E45|DOK-E7|DOK-R30)-none|Nicht freigegeben|Wartet auf Ersatzteil")
"""Numbers, a value of the field Serviceportal and a status, all of the sample."""


class Said(HTMLParser):
    """The texts of a page, but for those of others and those marked as of another language."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self.language = language
        self.texts: list[str] = []
        self._open: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        of_others = bool(OF_OTHERS & set((given.get("class") or "").split())) or tag in (
            "script",
            "style",
            "code",
            "pre",
        )
        is_other = of_others or (given.get("lang") or self.language)[:2] != self.language
        if tag not in VOID:
            self._open.append(is_other)
        if not any(self._open):
            self.texts += [given[name] or "" for name in ("aria-label", "title", "placeholder") if name in given]

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._open):
            self.texts.append(data)


def addresses(pages: Pages) -> list[str]:
    """Every page of which one comes to see anything after a night that did not go well."""
    refused = Entry("contact", "P8", Level.ERROR, "REFUSED", "update", 422)
    invalid = Entry("contact", "P9", Level.INVALID, "NO_NAME")
    run = pages.add_run("persons", today(40), refused, invalid, errors=1, invalid=1, status="errors")
    ask(pages.engine(), "q1", leaving("129.R16.1"), leaving("V-R16", "contract", "ORPHAN"), run=run, asked_at=today())
    of_run = {"system": "production", "run": run}
    dag_id, run_id = dag_run_of(run)
    return [
        "/today", "/protocol", "/approvals", "/reports", "/why", "/why/person/129.R16.1", "/nothing",
        "/configuration", "/configuration/trial?system=production", "/approvals/production/q1",
        *(f"{path}?{urlencode(given)}" for path, given in (
            ("/protocol/run", of_run), ("/protocol/records", of_run), ("/today/records", {"reason": "NO_NAME"}),
            ("/protocol/records", of_run | {"level": "error", "reason": "REFUSED"}),
            ("/dag-run", {"dag_id": dag_id, "run_id": run_id}),
            ("/reports/history", {"system": "production", "number": REPORT_CASES["R44"]}),
        )),
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_speaks_one_language(synced: Pages, language: Language) -> None:
    answers = {path: synced.get(path, accept_language=language) for path in addresses(synced)}
    form = {"system": "production"}
    answers["doctor"] = synced.submit("/configuration", "/configuration/doctor", form, accept_language=language)
    found: dict[tuple[str, str], list[str]] = {}
    for path, answer in answers.items():
        assert answer.status == (404 if path == "/nothing" else 200), (path, answer.text)
        said = Said(language)
        said.feed(answer.text)
        if path != "doctor" and not path.startswith("/configuration"):  # these are for engineers, who know DAGs by id
            assert (path, [text for text in said.texts if "casavi_" in text or text.strip() in REASONS]) == (path, [])
        assert len(said.texts) > 10
        found |= {(path, text): words for text in said.texts if (words := foreign_words(NAMES.sub("", text), language))}
    assert found == {}
