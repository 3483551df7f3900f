"""The settings against the data: switch, licences, user, teams, types, and words nothing here knows."""

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from sqlalchemy import select

from include.doctor.finding import Finding, said
from include.doctor.patient import Check, Patient
from include.doctor.released_texts import SAYINGS
from include.groups.reports.inbound.receiving import why_not
from include.ixhaus.activation import LICENCES, PORTAL_LICENCE, SWITCH
from include.ixhaus.contract import NO, NO_DATES, VIEWS, YES
from include.ixhaus.contract.documents import SP_DOKUMENT
from include.ixhaus.contract.master import SP_EINSTELLUNG, SP_LIZENZ, SP_OBJEKT, SP_PERSON
from include.ixhaus.contract.reports import SP_MELDUNG, SP_MELDUNGSART, SP_TEAM
from include.settings import PropertyRange
from include.vocabulary.clock import berlin_day

ENDS_SOON: Final = timedelta(days=30)
WORDS_SHOWN: Final = 10
"""More than these are no words but something else, perhaps names: then only their number is said."""
TEAM_LICENCE: Final = "Komfortpaket"


class Words(NamedTuple):
    """The only words a column may hold, and what a row with another comes to."""

    view: str
    column: str
    known: tuple[str, ...]


WORDS: Final = (
    Words("SP_VERTRAG", "kind", ("MIETE", "EIGENTUM")),
    Words("SP_VERTRAGSROLLE", "role", ("MITBEWOHNER", "VERTRAGSPARTNER")),
    Words("SP_DOKUMENT", "storage", ("DATENBANK", "DATEI", "DOCUWARE")),
    Words("SP_DOKUMENT", "recipient_type", ("P", "K")),
    Words("SP_DOKUMENT_INHALT", "rendition", ("ORIGINAL", "PDF")),
    Words("SP_MELDUNG", "origin", ("ERP", "PORTAL")),
    Words("SP_NOTIZ", "origin", ("ERP", "PORTAL")),
    Words("SP_ANHANG", "origin", ("ERP", "PORTAL")),
)


def switch(patient: Patient) -> Iterator[Finding]:
    """Find the interface off, in the settings or in iX-Haus (R6, R8)."""
    if not patient.settings.active:
        yield said(SAYINGS, "SYSTEM_OFF", f"{patient.settings.system}.yaml")
    rows = patient.rows(select(SP_EINSTELLUNG.c.value).where(SP_EINSTELLUNG.c.name == SWITCH))
    if not rows:
        yield said(SAYINGS, "SWITCH_MISSING", SP_EINSTELLUNG.name, name=SWITCH)
    elif (value := _word(rows[0][0])) not in (YES, NO, ""):
        yield said(SAYINGS, "SWITCH_UNREADABLE", SP_EINSTELLUNG.name, name=SWITCH)
    elif value != YES:
        yield said(SAYINGS, "SWITCH_OFF", SP_EINSTELLUNG.name, name=SWITCH)


def licences(patient: Patient) -> Iterator[Finding]:
    """Find licences that are missing, off, over, about to end, or of another name (R6, R11, R12)."""
    columns = SP_LIZENZ.c
    rows = patient.rows(select(columns.licence, columns.active, columns.valid_until))
    granted = {_word(name): (_word(active), until) for name, active, until in rows}
    for name in LICENCES:
        yield from _licence(name, granted.get(name), patient)
    for name in sorted(set(granted) - set(LICENCES)):
        yield said(SAYINGS, "LICENCE_UNKNOWN", f"{SP_LIZENZ.name} {name}", known=", ".join(LICENCES))


def user(patient: Patient) -> Iterator[Finding]:
    """Find the user for reports missing, locked or without rights (R47)."""
    number = patient.settings.report_user
    if number is not None and (code := why_not(patient.engine, number)):
        yield said(SAYINGS, code, f"report_user {number}")


def teams(patient: Patient) -> Iterator[Finding]:
    """Find teams of the settings that there are none, and a choice of teams without its licence (R12, R37)."""
    chosen = patient.settings.user_teams
    if not chosen:
        return
    rows = patient.rows(select(SP_TEAM.c.team_nr, SP_TEAM.c.name))
    yield from _unknown("TEAM_UNKNOWN", "user_teams", chosen, {_word(one) for row in rows for one in row})
    licence = select(SP_LIZENZ.c.active).where(SP_LIZENZ.c.licence == TEAM_LICENCE)
    if _word(patient.value(licence)) != YES:
        yield said(SAYINGS, "TEAMS_WITHOUT_LICENCE", "user_teams", licence=TEAM_LICENCE)


def properties(patient: Patient) -> Iterator[Finding]:
    """Find ranges of properties in which iX-Haus has none (R13, R14)."""
    numbers = _words_of(patient, SP_OBJEKT.c.property_nr)
    for name in ("properties", "properties_full_history"):
        wanted: PropertyRange = getattr(patient.settings, name)
        if wanted != PropertyRange() and not any(number in wanted for number in numbers):
            yield said(SAYINGS, "NO_PROPERTY", name)


def person_types(patient: Patient) -> Iterator[Finding]:
    """Find person types of the settings that nobody has (R17)."""
    found = _words_of(patient, SP_PERSON.c.person_type)
    yield from _unknown("PERSON_TYPE_UNUSED", "person_types", patient.settings.person_types, found)


def document_types(patient: Patient) -> Iterator[Finding]:
    """Find document types of the settings that no document has (R26, R30)."""
    settings, found = patient.settings, _words_of(patient, SP_DOKUMENT.c.document_type)
    names = ("document_types", "document_types_without_time_filter", "unit_document_types", "property_document_types")
    for name in (*names, "document_audiences"):
        yield from _unknown("DOCUMENT_TYPE_UNUSED", name, getattr(settings, name), found)


def statuses(patient: Patient) -> Iterator[Finding]:
    """Find statuses of reports that the settings map to nothing (R46)."""
    found = _words_of(patient, SP_MELDUNG.c.status)
    yield from _unknown("STATUS_UNMAPPED", "report_statuses", found, set(patient.settings.report_statuses))


def words(one: Words, patient: Patient) -> Iterator[Finding]:
    """Find words in a column that mean nothing to the interface."""
    column = VIEWS[one.view].c[one.column]
    where = f"{one.view}.{column.name}"
    found = _words_of(patient, column)
    yield from _unknown("WORD_UNKNOWN", where, found, set(one.known), allowed=", ".join(one.known))


def bulletins(patient: Patient) -> Iterator[Finding]:
    """Find house notices without an author in the portal: none goes out (R40)."""
    kinds = SP_MELDUNGSART.c
    is_posted = (kinds.is_bulletin == YES) & (kinds.is_released == YES)
    if not patient.settings.post_author and patient.count(SP_MELDUNGSART, is_posted):
        yield said(SAYINGS, "NO_AUTHOR", "post_author")


def _licence(name: str, granted: tuple[str, Any] | None, patient: Patient) -> Iterator[Finding]:
    where, kind = f"{SP_LIZENZ.name} {name}", "PORTAL_LICENCE" if name == PORTAL_LICENCE else "LICENCE"
    if granted is None:
        yield said(SAYINGS, f"{kind}_MISSING", where)
        return
    active, until = granted
    last, today = None if until in NO_DATES else until, berlin_day(patient.now)
    if active != YES:
        if name == PORTAL_LICENCE:
            yield said(SAYINGS, "PORTAL_LICENCE_OFF", where)
    elif last and last < today:
        yield said(SAYINGS, f"{kind}_OVER", where, day=last.isoformat())
    elif last and last - today <= ENDS_SOON:
        yield said(SAYINGS, "LICENCE_ENDS", where, day=last.isoformat())


def _unknown(
    code: str, where: str, wanted: Iterable[str], known: Collection[str], **places: object
) -> Iterator[Finding]:
    """Yield a finding if some words are not among those known."""
    missing = sorted(set(wanted) - set(known) - {""})
    if missing:
        shown = ", ".join(missing) if len(missing) <= WORDS_SHOWN else f"({len(missing)})"
        yield said(SAYINGS, code, where, words=shown, **places)


def _words_of(patient: Patient, column: Any) -> set[str]:
    return {_word(row[0]) for row in patient.rows(select(column).distinct())}


def _word(value: object) -> str:
    return str(value or "").strip()


CHECKS: Final[tuple[Check, ...]] = (
    switch,
    licences,
    user,
    teams,
    properties,
    person_types,
    document_types,
    statuses,
    *(partial(words, one) for one in WORDS),
    bulletins,
)
