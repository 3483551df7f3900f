"""What a record type is made of; the record types themselves are in resources.py."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from demo.portal.state import Body, Store, Stored

OPERATIONS: Final = frozenset({"list", "create", "read", "replace", "archive"})
"""What most record types offer; tickets have `change` as well."""


@dataclass(frozen=True, slots=True)
class View:
    """What showing an object needs beyond the object: the rest of the state, our own address, the query's switches."""

    store: Store
    address: str
    query: Mapping[str, object]


Show = Callable[[View, Stored, Body], Body]
"""Adds to the fields that were written those that the portal works out."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One record type."""

    kind: str
    """Path segment and name in the state."""
    written_as: str
    """Schema of what POST and PUT take."""
    show: Show
    references: Mapping[str, str] = field(default_factory=dict)
    """Field → kind of the object it must name."""
    check: Callable[[Store, Body], str | None] = lambda _store, _body: None
    """What is wrong with a body whose references exist, as a sentence."""
    settle: Callable[[Body, bool], Body] = lambda body, _archived: body
    """What follows from a write or from archiving for the fields the portal itself keeps."""
    filters: Mapping[str, str] = field(default_factory=dict)
    """Query parameter → SQL condition with one `?`."""
    label: Callable[[Body], str] = lambda body: str(body.get("name") or "")
    """The name that people know it by."""
    operations: frozenset[str] = OPERATIONS
    """What the interface lets one do with it."""
    order: str = "internal_id"
    """SQL order of the list."""
    has_app_link: bool = True
    """Whether an answer says where people find it in the portal."""
