"""What the portal shows of a record, beside what was sent of it: only these fields can be compared (R2).

A content and a record come down to the same few plain values, of which a digest tells whether they agree. Left out is
what the portal does not show (a file's content, for example) and what it takes only when a record is made.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from hashlib import blake2b
from typing import Any, Final

from include.casavi.payloads import (
    CommentPayload,
    ContactPayload,
    ContractPayload,
    DocumentPayload,
    PostPayload,
    PropertyPayload,
    TicketPayload,
    TicketTypePayload,
    UnitPayload,
)
from include.casavi.payloads._fields import Payload
from include.vocabulary.clock import BERLIN

Record = Mapping[str, Any]
_MODELS: Final[Mapping[str, type[Payload]]] = {
    "property": PropertyPayload,
    "unit": UnitPayload,
    "contact": ContactPayload,
    "contract": ContractPayload,
    "document": DocumentPayload,
    "ticket_type": TicketTypePayload,
    "ticket": TicketPayload,
    "comment": CommentPayload,
    "post": PostPayload,
}
_NOT_COMPARED: Final[Mapping[str, tuple[str, ...]]] = {
    "property": ("addresses",),
    "contract": ("propertyId", "startDate", "endDate"),  # the portal tells the property by the unit
    "document": ("documentType", "fileName", "storage", "path", "rendition", "version", "size", "convert"),
    "ticket": ("description", "propertyId", "contactId"),  # stay as they were when it was made
    "comment": ("ticketId", "authorName"),
    "post": ("propertyIds", "authorId", "notify"),
}
"""Fields of a content that the portal does not show, never changes, or that are compared in their own way below."""
_CARETAKER: Final = ("contactId", "roleName", "email", "telephone")


def digest_of(record_type: str, record: Record | Sequence[Record], visible: frozenset[str] | None = None) -> str:
    """Return the digest of what the portal shows of a record; equal for a content and for the record it became.

    record:  a content as a payload model writes it, or a record as the portal lists it; for responsibilities the list
    visible: the fields that the portal shows at all, see `visible_fields`; None: all of them
    """
    if visible is not None and isinstance(record, dict):
        record = {name: value for name, value in record.items() if name in visible}
    shown = _SPECIAL.get(record_type, _plain)(record_type, record)
    text = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def visible_fields(records: Iterable[Record]) -> frozenset[str]:
    """Return the fields that any of some records has: what the portal never shows cannot be compared."""
    return frozenset(name for record in records for name in record)


def _plain(record_type: str, record: Any) -> list[object]:
    return [_value(record.get(name)) for name in _compared(record_type)]


@cache
def _compared(record_type: str) -> tuple[str, ...]:
    names = (str(field.alias or name) for name, field in _MODELS[record_type].model_fields.items())
    return tuple(name for name in names if name not in ("id", *_NOT_COMPARED.get(record_type, ())))


def _property(record_type: str, record: Any) -> list[object]:
    streets = [_value(address.get("street")) for address in _dicts(record.get("addresses"))]
    return [*_plain(record_type, record), sorted(filter(None, streets), key=str)]


def _contract(record_type: str, record: Any) -> list[object]:
    return [*_plain(record_type, record), _day(record.get("startDate")), _day(record.get("endDate"))]


def _post(record_type: str, record: Any) -> list[object]:
    properties = record.get("propertyIds")
    return [*_plain(record_type, record), sorted(map(str, properties if isinstance(properties, list) else []))]


def _responsibilities(_record_type: str, record: Any) -> list[object]:
    return sorted([[_value(one.get(name)) for name in _CARETAKER] for one in _dicts(record)], key=str)


def _value(value: object) -> object:
    """Return a value as it compares: no text is none, and ids may come as numbers."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip() or None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _day(value: object) -> object:
    """Return a day as the portal may write it: a date, or a time that is a date in Berlin."""
    if not isinstance(value, str) or len(value) <= len("2026-01-31"):
        return _value(value)
    try:
        moment = datetime.fromisoformat(value)
        return (moment.astimezone(BERLIN) if moment.tzinfo else moment).date().isoformat()
    except (ValueError, OverflowError):
        return value


def _dicts(found: object) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


_SPECIAL: Final[Mapping[str, Callable[[str, Any], list[object]]]] = {
    "property": _property,
    "contract": _contract,
    "post": _post,
    "responsibility": _responsibilities,
}
