"""Reports as tickets: an individual one for its reporter alone, a property report for everybody in the property and
without anything personal (R34–R41, R46, E38–E43).
"""

from pandas import DataFrame, Series

from include.columns.keys import occurs
from include.rules.outcomes import lines, parents
from include.rules.reports.audience import write_marks
from include.rules.reports.classification import is_left_alone
from include.rules.reports.ledger import families, finished, of_type
from include.rules.reports.texts import title_of
from include.rules.texts import is_any_cut, outbound
from include.rules.values import keyed, utc, warnings
from include.vocabulary import ids
from include.vocabulary.decision import Decision


def decide_tickets(
    reports: DataFrame, tickets: DataFrame, classified: DataFrame, units: DataFrame, known: DataFrame
) -> DataFrame:
    """Decide on every report as a ticket, and on every ticket it once was for somebody else.

    reports:    frames.REPORTS
    tickets:    frames.REMEMBERED
    classified: frames.CLASSIFIED
    units:      the view
    known:      frames.LEDGER
    returns:    frames.DECIDED, with the fields of a ticket
    """
    rows = (~reports["is_bulletin"] | Series(reports.index).isin(tickets["report"])).to_numpy()
    mine, decided = reports[rows].reset_index(drop=True), classified[rows].reset_index(drop=True)
    content = _content(mine, decided, units)
    is_sent = is_ticket(decided)
    is_post = mine["is_bulletin"] & decided["decision"].isin([Decision.SEND, Decision.INVALID])
    found = {
        "REPORT_STATUS_UNKNOWN": mine["has_unknown_status"],
        "UNKNOWN_UNIT": (decided["as_what"] == "individual") & mine["unit_nr"].notna() & content["unitId"].isna(),
        "TEXT_CUT": is_any_cut(content, "title", "description"),
    }
    found = {code: applies & is_sent for code, applies in found.items()}
    records = decided.assign(
        external_id=decided["ticket_external_id"],
        decision=decided["decision"].mask(is_post, Decision.REMOVE.value),
        reason=decided["reason"].mask(is_post, "BULLETIN"),
        warnings=warnings(mine.index, {**found, "LEFT_IN_PORTAL": is_left_alone(decided)}),
        properties=mine["property_nr"].fillna(""),
        parents=_parents(content).where(is_sent, ""),
        identity=_identity(decided),
        changed_at=utc(mine["changed_at"]),
        source=ids.source("SP_MELDUNG", mine["report_nr"]),
    )
    ledger = of_type(known, "ticket")
    family = families(ledger["external_id"], mine["ticket_id"])
    return finished(records, content, ledger, family, superseded="AUDIENCE_CHANGED")


def is_ticket(classified: DataFrame) -> "Series[bool]":
    """Return which reports are to be in the portal as tickets.

    classified: frames.CLASSIFIED
    """
    return classified["as_what"].isin(["individual", "property"])


def _content(reports: DataFrame, classified: DataFrame, units: DataFrame) -> DataFrame:
    is_personal = classified["as_what"] == "individual"
    places = keyed(units, ["property_nr", "unit_nr"])
    unit_id = ids.unit(reports["property_nr"], reports["unit_nr"].astype("str"))
    is_there = occurs(unit_id, ids.unit(places["property_nr"], places["unit_nr"]))
    return DataFrame(
        {
            "ticketTypeId": reports["report_kind"],
            "title": title_of(reports),
            "description": outbound(reports["text"]),
            "status": reports["portal_state"],
            "propertyId": reports["property_nr"],
            "unitId": unit_id.where(is_personal & is_there),
            "contactId": reports["contact_id"].where(is_personal),
        }
    )


def _parents(content: DataFrame) -> Series:
    return lines(
        parents("ticket_type", content["ticketTypeId"]),
        parents("property", content["propertyId"]),
        parents("contact", content["contactId"]),
        parents("unit", content["unitId"]),
    )


def _identity(classified: DataFrame) -> Series:
    """Return what the ledger is to remember; of a ticket that is withdrawn still for whom it was."""
    audience = classified["audience"].fillna(classified["ticket_audience"])
    since = classified["ticket_since"].where(classified["ticket_has_history"] & is_ticket(classified))
    return write_marks(audience, classified["is_first_export"] & is_ticket(classified), since)
