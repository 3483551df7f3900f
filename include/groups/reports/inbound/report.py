"""A report while something comes in: what staff see of it in its portal columns and its hint (R49, O6, O9)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from include.groups.reports.inbound.statements import Row
from include.groups.reports.inbound.work import Writes
from include.groups.reports.times import local
from include.ixhaus.contract.reports import SP_MELDUNG
from include.rules.reports.sources import CLOSED, OPEN
from include.vocabulary.reasons import explain
from include.vocabulary.signs import cut

NEW: Final = "Neu"
"""STATUS of a report that came from the portal."""
_LONGEST_HINT: Final = 400
_LONGEST_CHANGE: Final = 40


@dataclass
class Report:
    """The report that a ticket stands for; `changes` and `hints` collect what goes into its columns for staff."""

    number: str
    """Empty if there is no report to write to."""
    from_portal: str | None = None
    """The number, if the ticket was born in the portal: what the inbox says of it. Our own are in the ledger."""
    is_new: bool = False
    why_none: str = ""
    """Without a number: a reason code if staff should know that."""
    property_nr: str | None = None
    held: Row | None = None
    """What the ledger says of its ticket."""
    is_withdrawn: bool = False
    is_up_to_date: bool = True
    """Whether the portal holds what iX-Haus says: else nobody can tell whose the status in the portal is."""
    portal_state: str = OPEN
    """The status that its ticket has in the portal if nobody but iX-Haus sets it."""
    hint: str = ""
    seen_status: str = ""
    """The ticket's status in the portal when it was read last; "" if it never was."""
    row: Row = field(default_factory=dict)
    """Of a new one: everything but what `changes` and `hints` say."""
    changes: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """Further hints, as sentences."""
    lacks: list[str] = field(default_factory=list)
    """Why parts of the ticket are set aside."""
    arrived: list[str] = field(default_factory=list)
    """Why parts of it were set aside until now."""

    def lack(self, reason: str, *, is_news: bool) -> None:
        """Note that a part of the ticket is set aside; staff are told once."""
        self.lacks.append(reason)
        if is_news:
            self.hints.append(reason)

    def note_status(self, status: str) -> str:
        """Mark a status that staff set in the portal, and return the one to remember (O6: iX-Haus keeps its own)."""
        if self.is_new:
            return status
        if not self.is_up_to_date:
            return self.seen_status
        expected = CLOSED if self.is_withdrawn else self.portal_state
        if status not in (expected, self.seen_status):
            self.changes.append("STATUS_GEAENDERT")
        return status

    def write(self, writes: Writes, moment: datetime) -> None:
        """Write the report if it is new, its portal columns if something came in; an echo writes nothing (R49)."""
        arrived = [reason for reason in self.arrived if reason not in self.lacks]
        if not self.is_new and not self.changes and not self.hints and not arrived:
            return
        if self.is_withdrawn and self.changes:
            self.hints.append("TICKET_WITHDRAWN")  # E38
        hint = _hint(_without(self.hint, arrived), [*map(explain, self.hints), *self.remarks])
        if not self.is_new and not self.changes:
            writes.hints.append({"k_report_nr": self.number, "hint": hint})
            return
        columns = {
            "portal_changed_at": local(moment),
            "portal_change": "NEUE_MELDUNG" if self.is_new else _fitting(self.changes),
            "hint": hint,
        }
        if self.is_new:
            writes.rows.append((SP_MELDUNG, self.row | columns))
        else:
            writes.reports.append({"k_report_nr": self.number} | columns)


def _fitting(changes: list[str]) -> str:
    """Return the kinds of change as far as the column holds them."""
    found = ""
    for change in dict.fromkeys(changes):
        longer = f"{found} {change}".strip()
        found = longer if len(longer) <= _LONGEST_CHANGE else found
    return found


def _hint(before: str, sentences: list[str]) -> str | None:
    added = [one for one in dict.fromkeys(sentences) if one not in before]
    return cut(" ".join([before, *added]).strip(), _LONGEST_HINT) or None


def _without(hint: str, reasons: list[str]) -> str:
    """Return a hint without what is no longer true of the report."""
    for reason in reasons:
        hint = hint.replace(explain(reason), "")
    return " ".join(hint.split())
