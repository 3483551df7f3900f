"""The one place that asks what time it is. Everything else is given the time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


def utc_now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def berlin_day(moment: datetime) -> date:
    """Return the calendar day in Europe/Berlin at a zoned time; a run takes its `today` from its start, once (E23)."""
    return moment.astimezone(BERLIN).date()


def from_local_column(moment: datetime | None) -> datetime | None:
    """Return a time of iX-Haus, which is local and without zone, with its zone."""
    return None if moment is None else moment.replace(tzinfo=BERLIN)


def to_utc_column(moment: datetime) -> datetime:
    """Return a zoned time as this project's own tables hold it: UTC without zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def from_utc_column(moment: datetime | None) -> datetime | None:
    """Return a time read from this project's own tables with its zone."""
    return None if moment is None else moment.replace(tzinfo=UTC)
