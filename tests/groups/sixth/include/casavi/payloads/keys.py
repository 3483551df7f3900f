"""Payload of keys."""

from include.casavi.payloads._fields import Id, Name, Payload, Text


class KeyPayload(Payload):
    """A key of a property, with what is written on it."""

    id: Id
    property_id: Id
    number: Name
    label: Text
