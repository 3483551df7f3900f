"""The page Meldungen: how every report stands in the portal, whom it waits for, and what was said and done about it
(R1, R44, R49, R50).

Filters stand in the address; what is looked for in texts only concealed, as addresses are logged.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final, Literal

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import AfterValidator, BaseModel, Field

from include.lookup.conversation import MOST, Said, conversation
from include.lookup.history import Event, history
from include.lookup.listing import Wanted
from include.lookup.overview import Report, one_report, overview
from include.lookup.runs import dag_run_of
from include.pages.access import reads_texts
from include.pages.concealed import concealed, revealed
from include.pages.language import language_of
from include.pages.rendering import address, page
from include.pages.reports_texts import TEXTS
from include.pages.systems import engine_of, known_system
from include.pages.waiting import in_time
from include.settings import ConfigurationError, configured_systems, load_settings
from include.vocabulary.clock import from_local_column, utc_now
from include.vocabulary.reasons import explain, rule_of

__all__ = ["TEXTS", "router"]
router = APIRouter()
STATUSES: Final = {"SENT": "good", "PENDING": "warn", "FAILED": "bad", "WITHDRAWN": "", "-": ""}
"""Status of the field Serviceportal → how it is coloured, in the order shown."""
WAITS: Final = {"us": "warn", "tenant": ""}
STANDINGS: Final = {"both": "good", "internal": "warn", "not_there": "", "still_there": "bad"}
AGES: Final = ("-7", "-30", "7", "30", "90")
"""Days: older than so many, below 0 no older."""
LONGEST: Final = 1_500
"""So many letters of a text are shown at once, the others on demand."""
Number = Annotated[str, Query(max_length=100)]


def _ours(search: str) -> str:
    revealed(search)
    return search


class Filter(BaseModel):
    """Which reports a reader has chosen, as it stands in the address; `search` is concealed."""

    system: str = ""
    property_nr: Number = ""
    team: Number = ""
    waiting: Literal["", "us", "tenant"] = ""
    age: Literal["", "-7", "-30", "7", "30", "90"] = ""
    status: Number = ""
    reason: Number = ""
    lacking: bool = False
    search: Annotated[str, Query(max_length=2_000), AfterValidator(_ours)] = ""
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1

    def wanted(self) -> Wanted:
        """Return what it selects."""
        return Wanted(
            self.property_nr.strip(), self.status, self.reason, self.team, self.waiting, int(self.age or 0),
            revealed(self.search), self.lacking,
        )  # fmt: skip

    def chosen(self, **other: object) -> dict[str, object]:
        """Return what of it stands in an address, with other values for some of it."""
        given = self.model_dump(exclude_defaults=True) | other
        return {name: value for name, value in given.items() if name != "page" or value != 1}


class Asked(Filter):
    """The same as the page's form sends it, with words to look for."""

    text: Annotated[str, Field(max_length=200)] = ""


class Opened(Filter):
    """One report, and from which list it was opened."""

    number: Number


@router.get("/reports")
async def reports(request: Request, user: GetUserDep, chosen: Annotated[Filter, Query()]) -> Response:
    """Show one page of the reports; of a system whose settings are wrong what is wrong, with the choice of another."""
    system, wanted, now = known_system(chosen.system), chosen.wanted(), utc_now()
    reads = await _reads(user, system)
    if wanted.text and not reads:
        raise HTTPException(403)
    try:
        settings = load_settings(system)
        found = await in_time(lambda: overview(engine_of(system), settings, wanted, now, chosen.page))
    except ConfigurationError as mistake:
        told = {"system": system, "systems": configured_systems(), "mistakes": [mistake.said]}
        return page(request, "reports_mistake.html", TEXTS, status=503, **told)
    by_status: dict[str, int] = {}
    by_reason: dict[str, int] = {}
    for (of_status, of_reason), count in found.counts.items():
        by_status[of_status or "-"] = by_status.get(of_status or "-", 0) + count
        by_reason[of_reason] = by_reason.get(of_reason, 0) + count
    return page(
        request, "reports.html", TEXTS, found=found, wanted=wanted, chosen=chosen, systems=configured_systems(),
        by_status=by_status, by_reason=_by_words(request, by_reason), waits=WAITS, ages=AGES,
        waited=partial(_waited, now), is_filtered=bool(chosen.chosen(system="", page=1).keys() - {"system"}),
        **_words(request, system, reads=reads),
    )  # fmt: skip


@router.post("/reports")
async def find(request: Request, user: GetUserDep, asked: Annotated[Asked, Form()]) -> Response:
    """Lead to the reports that the form asks for; to look into texts takes the right to read them."""
    text = " ".join(asked.text.split())
    if text and not await _reads(user, known_system(asked.system)):
        raise HTTPException(403)
    wanted = asked.chosen(search=concealed(text), text="")
    return RedirectResponse(address(request, "reports", **wanted), 303)


@router.get("/reports/history")
async def report(request: Request, user: GetUserDep, opened: Annotated[Opened, Query()]) -> Response:
    """Show one report: how it stands, what was said about it, and its history."""
    system, number = known_system(opened.system), opened.number
    settings, reads = load_settings(system), await _reads(user, system)

    def read() -> tuple[Report | None, list[Said], list[Event]]:
        engine = engine_of(system)
        return (
            one_report(engine, settings, number),
            conversation(engine, system, number, with_texts=reads),
            history(engine, system, number),
        )

    found, said, events = await in_time(read)
    if found is None:
        raise HTTPException(404)
    return page(
        request, "report.html", TEXTS, report=found, said=said, events=events, chosen=opened, standings=STANDINGS,
        is_cut=sum(one.record_type == "comment" for one in said) >= MOST, most=MOST, longest=LONGEST, waits=WAITS,
        waited=partial(_waited, utc_now()), rule_of=rule_of, dag_run_of=dag_run_of,
        **_words(request, system, reads=reads),
    )  # fmt: skip


async def _reads(user: BaseUser, system: str) -> bool:
    return await in_time(reads_texts, user, system)


def _waited(now: datetime, local: datetime) -> float:
    """Return how many seconds ago a time of iX-Haus was."""
    zoned = from_local_column(local)
    return (now - zoned).total_seconds() if zoned else 0


def _words(request: Request, system: str, *, reads: bool) -> dict[str, Any]:
    return {
        "system": system, "statuses": STATUSES, "reads": reads,
        "local": from_local_column, "explain": partial(explain, language=language_of(request)),
    }  # fmt: skip


def _by_words(request: Request, counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """Return code, sentence and count of each reason, by sentence."""
    sentences = {code: explain(code, language_of(request)) for code in counts if code}
    return [(code, sentence, counts[code]) for code, sentence in sorted(sentences.items(), key=lambda one: one[1])]
