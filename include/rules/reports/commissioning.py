"""Notes on commissionings: each order raised from a report yields one public note, once (R43, O22, E52)."""

from collections.abc import Mapping
from typing import Final

import pandas as pd
from pandas import DataFrame, Series

from include.columns.keys import positions, taken
from include.rules.first_hit import first_hit
from include.rules.frames import COMMENT, ORDERS, nothing
from include.rules.reports.comments import may_be_seen, on_tickets
from include.rules.reports.ledger import apart, base_ids, inbox_of, of_type
from include.rules.reports.templates import TemplateError, placeholders, rendered
from include.rules.texts import one_line
from include.rules.values import cleaned, days, keyed, utc
from include.settings import SystemSettings
from include.vocabulary import ids
from include.vocabulary.decision import NOT_UNIQUE, Decision
from include.vocabulary.state import HELD, State

CANCELLED: Final = "CANCELLED"
PHONE: Final = "contractor.phone"
_FAULTS: Final = (
    "UNKNOWN_PLACEHOLDER", "TEMPLATE_BROKEN", "ORDER_VALUE_MISSING", "CONTRACTOR_CONTACT_OFF",
)  # fmt: skip
_VALUE_LENGTH: Final = 400


def notes_on_orders(
    views: Mapping[str, DataFrame],
    reports: DataFrame,
    classified: DataFrame,
    known: DataFrame,
    settings: SystemSettings,
) -> DataFrame:
    """Return what each order yields as a comment.

    A note that was sent is left as it is for ever: whatever it was made from may change later.

    reports:    frames.REPORTS
    classified: frames.CLASSIFIED
    known:      frames.LEDGER
    returns:    frames.ORDERS
    """
    written = views["commissionings"]
    if written.empty:
        return nothing(ORDERS)
    orders = cleaned(keyed(written, ["order_nr"]), ["report_nr", "company", "telephone", "status"])
    bases = _base_ids(orders["order_nr"], views["notes"]["note_id"], inbox_of(views["inbox"], "comment"))
    ticketed = on_tickets(orders, bases, reports, classified)
    of_report = taken(reports, ticketed["report"].to_numpy())
    ledger = of_type(known, "comment")
    sent = ledger.loc[ledger["state"].isin([*HELD, State.REMOVED]), "external_id"]
    is_meant = may_be_seen(ticketed, utc(orders["ordered_at"], earliest=True), ledger)
    wants_note = of_report["notes_commissioning"].eq(True) & of_report["note_template"].notna()
    first = [
        (orders["order_nr"].duplicated(keep=False), Decision.INVALID, NOT_UNIQUE),
        (ticketed["is_doubled"], Decision.WITHHOLD, NOT_UNIQUE),
        (ticketed["report"] < 0, Decision.REMOVE, "UNKNOWN_REPORT"),
        (ticketed["is_left_alone"], Decision.WITHHOLD, "REPORT_LEFT_ALONE"),
        (~ticketed["is_ticket"], Decision.REMOVE, "REPORT_NOT_IN_PORTAL"),
        (ticketed["external_id"].isin(sent), Decision.WITHHOLD, "COMMISSIONING_TOLD"),
        (~wants_note, Decision.WITHHOLD, "NO_COMMISSIONING_NOTE"),
        (orders["status"].map(settings.closing_statuses) == CANCELLED, Decision.WITHHOLD, "ORDER_CANCELLED"),
        (of_report["is_closed"].eq(True), Decision.WITHHOLD, "REPORT_CLOSED"),  # an order from before the flag, say
        (~is_meant, Decision.WITHHOLD, "BEFORE_AUDIENCE_CHANGED"),
    ]
    maybe = first_hit(orders, *first, otherwise=(Decision.SEND, "COMMISSIONING"))
    texts, faults = _texts(orders, of_report, ticketed, maybe["decision"] == Decision.SEND, views, settings)
    invalid = [(faults == fault, Decision.INVALID, fault) for fault in _FAULTS]
    decided = first_hit(orders, *first, *invalid, otherwise=(Decision.SEND, "COMMISSIONING"))
    found = ticketed.join(decided).assign(text=texts)
    return found[list(COMMENT)].assign(
        author=_author(of_report["team_nr"], views["teams"]),
        changed_at=utc(orders["changed_at"]),
        source=ids.source("SP_BEAUFTRAGUNG", orders["order_nr"]),
    )


def _base_ids(order_numbers: Series, note_ids: Series, inbox: DataFrame) -> Series:
    """Return the notes' ids in the portal, apart from those of comments made there and of notes that are named alike.

    inbox: frames.CAME_IN, of comments
    """
    return apart(base_ids(ids.order_note(order_numbers), inbox), base_ids(note_ids.astype("str"), inbox))


def _texts(
    orders: DataFrame,
    of_report: DataFrame,
    ticketed: DataFrame,
    wanted: "Series[bool]",
    views: Mapping[str, DataFrame],
    settings: SystemSettings,
) -> tuple[Series, Series]:
    """Return the notes' texts, and why there is none."""
    texts: dict[int, str] = {}
    faults: dict[int, str] = {}
    values = _values(orders[wanted], of_report[wanted], ticketed[wanted], views)
    for row, record in zip(values.index, values.to_dict("records"), strict=True):
        known = {str(name): str(value) for name, value in record.items() if pd.notna(value)}
        try:
            texts[row] = _text(of_report["note_template"].loc[row], known, settings)
        except TemplateError as error:
            faults[row] = error.reason
    return _column(texts, orders.index), _column(faults, orders.index)


def _column(found: Mapping[int, str], index: pd.Index) -> Series:
    return Series([found.get(row) for row in index], index=index, dtype="str")


def _text(template: str, values: Mapping[str, str], settings: SystemSettings) -> str:
    if PHONE in placeholders(template) and not settings.contractor_contact_in_notes:
        raise TemplateError("CONTRACTOR_CONTACT_OFF")
    return rendered(template, values)


def _values(orders: DataFrame, of_report: DataFrame, ticketed: DataFrame, views: Mapping[str, DataFrame]) -> DataFrame:
    """Return the placeholders' values; below a property report no unit is named (R41)."""
    properties, units = keyed(views["properties"], ["property_nr"]), keyed(views["units"], ["property_nr", "unit_nr"])
    unit_id = ids.unit(of_report["property_nr"], of_report["unit_nr"])
    home = taken(properties, positions(of_report["property_nr"], properties["property_nr"]))
    unit = taken(units, positions(unit_id, ids.unit(units["property_nr"], units["unit_nr"])))
    values = {
        "report.number": of_report["report_nr"],
        "report.subject": of_report["subject"],
        "order.number": orders["order_nr"],
        "order.date": _shown_day(orders["ordered_at"]),
        "contractor.name": orders["company"],
        PHONE: orders["telephone"],
        "appointment.date": _shown_day(orders["appointment_at"]),
        "property.name": home["name"].set_axis(orders.index),
        "unit.name": unit["name"].set_axis(orders.index).where(ticketed["as_what"] != "property"),
    }
    return DataFrame({name: one_line(column, _VALUE_LENGTH) for name, column in values.items()})


def _shown_day(moments: Series) -> Series:
    shown: Series = days(moments).dt.strftime("%d.%m.%Y").astype("str")
    return shown


def _author(team_nr: Series, teams: DataFrame) -> Series:
    """Return the name of the report's team: the second one, which is meant for the portal, where it has one (R38)."""
    named = cleaned(keyed(teams, ["team_nr"]), ["name", "second_name"])
    team = taken(named[["name", "second_name"]], positions(team_nr, named["team_nr"]))
    return team["second_name"].fillna(team["name"])
