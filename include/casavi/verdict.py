"""What an answer of the portal means: pure functions of status, headers and clock, tested apart from any I/O."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import Any

from include.casavi.answers import read


class Verdict(Enum):
    """What to do after one answer."""

    DONE = auto()
    MISSING = auto()
    """No such record (404, 410)."""
    TAKEN = auto()
    """The id exists already (409)."""
    REFUSED = auto()
    """This record will not be accepted as it is; others may."""
    DENIED = auto()
    """This record is not for our key (403), a file or a part of a record likewise; others may be."""
    CLOSED = auto()
    """The address of all records of a kind takes nothing: that says nothing about the record that was sent there."""
    LOGIN = auto()
    """The token is no longer accepted; log in once and repeat."""
    WAIT = auto()
    """Nothing happened; the portal asks for a pause (429)."""
    FAULT = auto()
    """The portal or the way there failed; whether the call took effect is unknown."""
    STOP = auto()
    """No call of this run can succeed: key revoked, wrong address, nothing may be listed."""


class Expected(Enum):
    """What a call is answered with when it succeeds."""

    RECORD = auto()
    """The record it was about, with its id."""
    OBJECT = auto()
    """An object, whatever its id."""
    LIST = auto()
    """A list of whatever belongs to the record."""
    PAGE = auto()
    """A page of records: an object whose `list` holds them; without it an outage would look like an empty portal."""
    NOTHING = auto()
    """No body, or an object."""


_BY_STATUS = {401: Verdict.LOGIN, 403: Verdict.DENIED, 404: Verdict.MISSING, 408: Verdict.FAULT, 409: Verdict.TAKEN}
_BY_STATUS |= {410: Verdict.MISSING, 425: Verdict.WAIT, 429: Verdict.WAIT}
_ABOUT_THE_ADDRESS = (403, 404, 405, 410)


def judge(status: int, body: bytes, external_id: str, expected: Expected, *, of_all: bool = False) -> Verdict:
    """Return the verdict on an answer.

    of_all: whether the address is that of all records of a kind, and not of one

    A success counts only if its body is what the call is to be answered with: a proxy's maintenance page with status
    200 has not removed anything.
    """
    if 200 <= status < 300:
        return Verdict.DONE if _is_as_expected(body, external_id, expected) else Verdict.FAULT
    if of_all and status in _ABOUT_THE_ADDRESS and expected is not Expected.PAGE:
        return Verdict.CLOSED
    if of_all and status == 403:
        return Verdict.STOP
    if verdict := _BY_STATUS.get(status):
        return verdict
    if 300 <= status < 400:
        return Verdict.STOP
    return Verdict.REFUSED if 400 <= status < 500 else Verdict.FAULT


def _is_as_expected(body: bytes, external_id: str, expected: Expected) -> bool:
    content = read(body)
    if expected is Expected.RECORD:
        return isinstance(content, dict) and external_id == str(_id_of(content))
    if expected is Expected.OBJECT:
        return isinstance(content, dict)
    if expected is Expected.LIST:
        return isinstance(content, list)
    if expected is Expected.PAGE:
        return isinstance(content, dict) and isinstance(content.get("list"), list)
    return not body.strip() or isinstance(content, dict)


def _id_of(content: dict[str, Any]) -> object:
    """Return the id a record has, or, where the portal gave it none, the number by which it is known instead."""
    return content.get("internalId") if content.get("id") in (None, "") else content["id"]


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """Return the portal's time as its Date header says; cursors go by it, not by this machine's clock (E28)."""
    try:
        return parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError):
        return None


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds a Retry-After header asks for (seconds or HTTP date); None if absent or nonsense."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
