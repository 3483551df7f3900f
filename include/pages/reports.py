"""The page Meldungen: how every report stands in the portal, and what happened to it (R49, R50)."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query, Request, Response

from include.lookup.history import Event, history
from include.lookup.overview import Report, Wanted, one_report, overview
from include.lookup.runs import dag_run_of
from include.pages import records
from include.pages.language import language_of
from include.pages.rendering import page
from include.pages.systems import engine_of, known_system
from include.pages.waiting import in_time
from include.settings import ConfigurationError, configured_systems
from include.vocabulary.reasons import explain, rule_of
from include.vocabulary.texts import Text, Texts

router = APIRouter()
TEXTS: Final[Texts] = {
    **records.TEXTS,
    "title": Text("Meldungen", "Reports"),
    "system": Text("System", "System"),
    "property_nr": Text("Objektnummer", "Property number"),
    "all": Text("alle", "all"),
    "serviceportal": Text("Serviceportal", "Serviceportal"),
    "reason": Text("Grund", "Reason"),
    "filter": Text("Filtern", "Filter"),
    "reset": Text("Filter aufheben", "Clear the filter"),
    "found": Text("{count} Meldungen, Seite {page} von {pages}", "{count} reports, page {page} of {pages}"),
    "one_found": Text("1 Meldung", "1 report"),
    "nothing": Text("Keine Meldung passt zu diesem Filter.", "No report fits this filter."),
    "number": Text("Nummer", "Number"),
    "kind": Text("Meldungsart", "Kind"),
    "property": Text("Objekt", "Property"),
    "subject": Text("Betreff", "Subject"),
    "erp_status": Text("Status in iX-Haus", "Status in iX-Haus"),
    "reported_at": Text("Gemeldet am", "Reported at"),
    "origin": Text("Herkunft", "Origin"),
    "from_portal": Text("aus dem Portal", "from the portal"),
    "from_erp": Text("aus iX-Haus", "from iX-Haus"),
    "status": Text("Status", "Status"),
    "field": Text("Stand", "Status"),
    "rule": Text("Regel {number}", "rule {number}"),
    "hint": Text("Hinweis", "Hint"),
    "portal_changed_at": Text("Im Portal geändert", "Changed in the portal"),
    "portal_change": Text("Änderung im Portal", "Change in the portal"),
    "last": Text("Letzte Übertragung", "Last transmission"),
    "previous": Text("Vorige Seite", "Previous page"),
    "next": Text("Nächste Seite", "Next page"),
    "paging": Text("Blättern", "Pages of the list"),
    "field_PENDING": Text("wartet", "waiting"),
    "field_SENT": Text("übertragen", "transferred"),
    "field_FAILED": Text("fehlgeschlagen", "failed"),
    "field_WITHDRAWN": Text("zurückgezogen", "withdrawn"),
    "field_-": Text("nicht im Portal", "not in the portal"),
    "change_NEUE_MELDUNG": Text("neue Meldung", "new report"),
    "change_NEUE_NOTIZ": Text("neue Notiz", "new note"),
    "change_NOTIZ_GEAENDERT": Text("Notiz geändert", "note changed"),
    "change_NOTIZ_GELOESCHT": Text("Notiz gelöscht", "note deleted"),
    "change_NEUER_ANHANG": Text("neuer Anhang", "new attachment"),
    "change_STATUS_GEAENDERT": Text("Status geändert", "status changed"),
    "report": Text("Meldung {number}", "Report {number}"),
    "why": Text("Warum?", "Why?"),
    "why_of": Text("Warum? Meldung {id}", "Why? Report {id}"),
    "history": Text("Verlauf in beide Richtungen", "History in both directions"),
    "no_history": Text(
        "Von dieser Meldung ging noch nichts ins Portal, und von dort kam nichts.",
        "Nothing of this report has gone to the portal yet, and nothing has come from there.",
    ),
    "scope": Text(
        "Je Datensatz die letzte Übertragung und die letzte Bestätigung davor.",
        "The last transmission of each record, and the last acknowledgement before it.",
    ),
    "when": Text("Zeit", "Time"),
    "direction": Text("Richtung", "Direction"),
    "direction_in": Text("vom Portal", "from the portal"),
    "direction_out": Text("zum Portal", "to the portal"),
    "what": Text("Was", "What"),
    "action": Text("Aktion", "Action"),
    "outcome": Text("Ergebnis", "Outcome"),
}
STATUSES: Final = {"SENT": "good", "PENDING": "warn", "FAILED": "bad", "WITHDRAWN": "", "-": ""}
"""Status of the field Serviceportal → how it is coloured, in the order shown."""


@router.get("/reports")
async def reports(
    request: Request,
    system: str = "",
    property_nr: Annotated[str, Query(max_length=100)] = "",
    status: str = "",
    reason: str = "",
    number: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
) -> Response:
    """Show one page of the reports; of a system whose settings are wrong what is wrong, with the choice of another."""
    chosen, wanted = known_system(system), Wanted(property_nr.strip(), status, reason)
    try:
        found = await in_time(lambda: overview(engine_of(chosen), chosen, wanted, number))
    except ConfigurationError as mistake:
        told = {"system": chosen, "systems": configured_systems(), "mistakes": [str(mistake)]}
        return page(request, "reports_mistake.html", TEXTS, status=503, **told)
    by_status: dict[str, int] = {}
    by_reason: dict[str, int] = {}
    for (of_status, of_reason), count in found.counts.items():
        by_status[of_status or "-"] = by_status.get(of_status or "-", 0) + count
        by_reason[of_reason] = by_reason.get(of_reason, 0) + count
    return page(
        request, "reports.html", TEXTS, found=found, wanted=wanted, system=chosen, systems=configured_systems(),
        number=number, statuses=STATUSES, by_status=by_status, by_reason=_by_words(request, by_reason),
        local=records.local, explain=partial(explain, language=language_of(request)),
    )  # fmt: skip


@router.get("/reports/history")
async def report(request: Request, number: Annotated[str, Query(max_length=100)], system: str = "") -> Response:
    """Show one report with its history."""
    chosen = known_system(system)

    def read() -> tuple[Report | None, list[Event]]:
        engine = engine_of(chosen)
        return one_report(engine, chosen, number), history(engine, chosen, number)

    found, events = await in_time(read)
    if found is None:
        raise HTTPException(404)
    return page(
        request, "report.html", TEXTS, report=found, events=events, system=chosen, statuses=STATUSES,
        local=records.local, explain=partial(explain, language=language_of(request)), rule_of=rule_of,
        dag_run_of=dag_run_of,
    )  # fmt: skip


def _by_words(request: Request, counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """Return code, sentence and count of each reason, by sentence."""
    sentences = {code: explain(code, language_of(request)) for code in counts if code}
    return [(code, sentence, counts[code]) for code, sentence in sorted(sentences.items(), key=lambda one: one[1])]
