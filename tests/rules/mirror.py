"""A portal that holds what the rules and the sync core send it, run after run: who sees what, and what the ledger says.

Everything is real but the portal, the database and the clock: what the rules decide is compared, checked against the
payload models and remembered as the core does it.
"""

import json
from collections.abc import Callable
from typing import Any, cast

import pandas as pd
from pandas import DataFrame
from pydantic import BaseModel

from include.casavi.payloads import (
    AttachmentPayload,
    CommentPayload,
    PostPayload,
    TicketPayload,
    TicketTypePayload,
    refusal,
)
from include.rules.values import utc
from include.sync.contents import with_content
from include.sync.plan import Scope, compare, to_send, validate
from include.vocabulary.decision import CONTROL_COLUMNS
from tests.rules.builders import TODAY, Outcome, Records, Row, decide_reports, held

MODELS: dict[str, type[BaseModel]] = {
    "ticket_type": TicketTypePayload,
    "ticket": TicketPayload,
    "comment": CommentPayload,
    "attachment": AttachmentPayload,
    "post": PostPayload,
}
"""Record type → its model, parents before children."""
Breaks = Callable[[str, str], bool]


class Mirror:
    """What the portal shows, and the ledger."""

    def __init__(self) -> None:
        self.shown: dict[str, dict[str, Row]] = {record_type: {} for record_type in MODELS}
        self.ledger: dict[tuple[str, str], Row] = {}
        self.wire: list[str] = []
        """Everything that was ever sent."""
        self.outcome = Outcome({})

    def run(
        self, *records: Records, at: str = f"{TODAY} 12:00", breaks: Breaks = lambda *_: False, **circumstances: Any
    ) -> list[str]:
        """Let one run begin at a local time; returns what it sent or took away, as "create ticket M1".

        breaks: for which record type and id the portal is out of order
        """
        known = [{name: value for name, value in row.items() if name in held("")} for row in self.ledger.values()]
        self.outcome = decide_reports(*records, known=known, **circumstances)
        moment = utc(pd.Series([pd.Timestamp(at)])).iloc[0]
        compared = {record_type: self._compared(record_type) for record_type in MODELS}
        changes = [(name, cast("Row", row)) for name, frame in compared.items() for row in frame.to_dict("records")]
        for name, row in changes:
            if row["action"] == "create":
                self.ledger.setdefault((name, row["external_id"]), self._row(name, row, "new", None, None))
        removals = [change for change in reversed(changes) if change[1]["action"] == "remove"]
        sends = [change for change in changes if change[1]["action"] != "remove"]
        return [line for name, row in [*removals, *sends] if (line := self._send(name, row, moment, breaks))]

    def tickets(self) -> list[str]:
        return sorted(self.shown["ticket"])

    def notes(self, ticket: str) -> list[str]:
        """The texts that the audience of a ticket reads."""
        return sorted(row["text"] for row in self.shown["comment"].values() if row["ticketId"] == ticket)

    def files(self, ticket: str) -> list[str]:
        return sorted(row["fileName"] for row in self.shown["attachment"].values() if row["ticketId"] == ticket)

    def posts(self) -> list[str]:
        return sorted(self.shown["post"])

    def _compared(self, record_type: str) -> DataFrame:
        decided = with_content(self.outcome.frames[record_type], 1, None).to_pandas()
        columns = ["external_id", "state", "hash", "refused", "reason", "properties", "identity", "parents"]
        columns += ["acknowledged_at"]
        rows = [row for (name, _), row in self.ledger.items() if name == record_type]
        known = DataFrame(rows, columns=columns).astype("str").assign(is_ours=True)
        changes = compare(decided[[*CONTROL_COLUMNS, "hash"]], known, Scope())
        contents = dict(zip(decided["external_id"], decided["content"], strict=True))
        changes = changes.assign(content=changes["external_id"].map(contents).where(to_send(changes), None))
        checked = validate(changes, MODELS[record_type], refusal)
        refused = checked[(checked["text"] != "") & checked["text"].notna()]
        assert refused.empty, refused[["external_id", "text"]].to_dict("records")
        return checked[checked["outcome"] == "change"].sort_values("external_id")  # as they are staged

    def _send(self, record_type: str, row: Row, moment: pd.Timestamp, breaks: Breaks) -> str:
        key = record_type, row["external_id"]
        if row["action"] != "remove":
            if breaks(*key) or not all(self._holds(line) for line in row["parents"].splitlines()):
                return ""
            self.wire.append(row["content"])
            ticket = row["parents"].partition("\n")[0].removeprefix("ticket ")  # in the address, not in the body
            absent = {"ticketId": ticket, "contactId": None, "unitId": None}
            self.shown[record_type][row["external_id"]] = {**absent, **json.loads(row["content"])}
        elif breaks(*key):
            return ""
        else:
            self.shown[record_type].pop(row["external_id"], None)
        state = "removed" if row["action"] == "remove" else "present"
        self.ledger[key] = self._row(record_type, row, state, row["hash"], moment.isoformat())
        return f"{row['action']} {record_type} {row['external_id']}"

    def _row(self, record_type: str, row: Row, state: str, digest: str | None, moment: str | None) -> Row:
        known = held(row["external_id"], state, row["identity"], record_type, "reports", properties=row["properties"])
        kept = {"hash": digest, "refused": None, "acknowledged_at": moment, "parents": row["parents"]}
        return {**known, **kept}

    def _holds(self, parent: str) -> bool:
        record_type, _, external_id = parent.partition(" ")
        return record_type not in self.shown or external_id in self.shown[record_type]
