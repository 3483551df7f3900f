"""The portal's times are ISO 8601 in UTC, iX-Haus writes local time without a zone (E26)."""

from datetime import UTC, datetime
from typing import Final

from include.vocabulary.clock import BERLIN

_YEARS: Final = range(1970, 2200)
"""In which something can have happened: no database or calendar has trouble with these, in whatever zone."""


def parse(text: object) -> datetime | None:
    """Return a time of the portal with its zone; None if it says none, or nonsense."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    if moment.year not in _YEARS:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def iso(moment: datetime) -> str:
    """Return a zoned time as the portal writes it: UTC, with milliseconds."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def local(moment: datetime) -> datetime:
    """Return a zoned time as iX-Haus writes it: Europe/Berlin, without zone."""
    return moment.astimezone(BERLIN).replace(tzinfo=None)


def whole_second(moment: datetime) -> datetime:
    """Return a time without fractions: all that a DATE of iX-Haus holds."""
    return moment.replace(microsecond=0)
