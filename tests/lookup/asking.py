"""Questions that wait for a person, as a run writes them."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, insert

from include.ixhaus.contract.own import SP_FREIGABE, SP_FREIGABE_SATZ
from include.vocabulary.clock import to_utc_column

ASKED = datetime(2026, 11, 24, 1, tzinfo=UTC)
CAUSE = "Zu viele Entfernungen auf einmal; sie warten auf Freigabe (Required Actions)."
Record = tuple[str, str, str, str, str]


def leaving(external_id: str, record_type: str = "contact", reason: str = "MOVED_OUT", properties: str = "") -> Record:
    """A record that would be removed."""
    return record_type, external_id, "remove", reason, properties


def ask(
    engine: Engine, approval: str, *records: Record, system: str = "production", group: str = "persons",
    state: str = "open", run: str = "casavi_persons/manual__1#1", asked_at: datetime = ASKED, hours: float = 72,
    decided_at: datetime | None = None, decided_by: str | None = None, cause: str | None = CAUSE,
) -> None:  # fmt: skip
    """Write a question about some records; asked in a run, open for some hours."""
    question = {
        "system": system, "approval": approval, "group": group, "state": state, "digest": "d", "count": len(records),
        "cause": cause, "run": run, "asked_at": to_utc_column(asked_at), "decided_by": decided_by,
        "decided_at": decided_at and to_utc_column(decided_at),
        "valid_until": to_utc_column(asked_at + timedelta(hours=hours)),
    }  # fmt: skip
    names = ("record_type", "external_id", "kind", "reason", "properties")
    rows = [
        {"system": system, "approval": approval, "mark": "m", **dict(zip(names, one, strict=True))} for one in records
    ]
    with engine.begin() as connection:
        connection.execute(insert(SP_FREIGABE).values(**question))
        if rows:
            connection.execute(insert(SP_FREIGABE_SATZ), rows)
