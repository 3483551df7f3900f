"""The portal's API as far as this project uses it: one row per record type, one call per operation.

A wrong guess about the API is a change of this table and of nothing else. The marks say how sure each call is:
confirmed (seen in a copy of the specification or in public client code), v1 (documented for v1 only), assumed.
"""

import re
from typing import Final, Literal, NamedTuple
from urllib.parse import quote, unquote

from include.casavi.verdict import Expected
from include.settings import PortalAnswers
from include.vocabulary.texts import Text

Evidence = Literal["confirmed", "v1", "assumed"]
LOGIN_PATH: Final = "/authenticate"
TOKEN_HEADER: Final = "token"  # noqa: S105 - the name of a header


class Call(NamedTuple):
    """One operation: its method, its path with {id} for the external id and {parent} for that of the record it belongs
    to, how sure we are of it, what it answers.
    """

    method: str
    path: str
    evidence: Evidence
    answers: Expected = Expected.RECORD

    @property
    def is_of_all(self) -> bool:
        """Whether the address is that of all records of a kind, and not of one or below one."""
        return "{" not in self.path

    def path_for(self, external_id: str, of: str = "") -> str:
        """Return the path for one record, which belongs to the record `of` where the path asks for it; ids may hold
        slashes and umlauts, so they are percent-encoded.
        """
        return self.path.replace("{parent}", quote(of, safe="")).replace("{id}", quote(external_id, safe=""))


class Endpoint(NamedTuple):
    """The calls of one record type. Bodies are JSON, but for record types with a file, which are multipart.

    label:         what staff call a record of it, on the pages
    update:        None where the portal has no such call: a change is then a new copy, and the old one is removed
    remove:        None where the portal keeps what it has
    removal:       body of `remove`, where that is not a call that deletes
    update_fields: the only fields that `update` takes, if not all
    own_fields:    writable fields that are the portal's own: what an update leaves out may be cleared
    find:          where to look whether a create took effect of which nobody knows; None: `update` or SINGLE tell
    """

    label: Text
    create: Call
    update: Call | None
    remove: Call | None
    removal: bytes | None = None
    update_fields: frozenset[str] = frozenset()
    own_fields: frozenset[str] = frozenset()
    find: Call | None = None

    def calls(self) -> list[Call]:
        """Return the calls there are."""
        return [call for call in (self.create, self.update, self.remove) if call is not None]


def _collection(path: str, label: Text, *own_fields: str) -> Endpoint:
    return Endpoint(
        label,
        create=Call("POST", path, "assumed"),
        update=Call("PUT", f"{path}/{{id}}", "assumed"),
        # archives; nothing is ever deleted for good
        remove=Call("DELETE", f"{path}/{{id}}", "assumed", Expected.NOTHING),
        own_fields=frozenset(own_fields),
    )


_CUSTOM: Final = "customFields"
_RESPONSIBILITIES: Final = Call("PUT", "/properties/{id}/responsibilities", "assumed", Expected.LIST)

ENDPOINTS: Final[dict[str, Endpoint]] = {
    "property": _collection("/properties", Text("Objekt", "Property"), _CUSTOM),
    "unit": _collection("/units", Text("Fläche", "Unit"), _CUSTOM),
    "contact": _collection("/contacts", Text("Kontakt", "Contact"), _CUSTOM),
    "contract": _collection("/contracts", Text("Vertrag", "Contract")),
    "responsibility": Endpoint(
        Text("Zuständigkeit", "Responsibility"),
        create=_RESPONSIBILITIES,
        update=_RESPONSIBILITIES,
        remove=_RESPONSIBILITIES,
        removal=b"[]",
    ),
    "document": Endpoint(
        Text("Dokument", "Document"),
        create=Call("POST", "/documents", "assumed"),
        update=None,
        remove=Call("DELETE", "/documents/{id}", "assumed", Expected.NOTHING),
    ),
    "ticket_type": Endpoint(
        Text("Vorgangstyp", "Ticket type"),
        create=Call("POST", "/ticket-types", "assumed"),
        update=Call("PUT", "/ticket-types/{id}", "assumed"),
        remove=None,
    ),
    # a ticket stays with whoever saw it: withdrawn, it is closed
    "ticket": Endpoint(
        Text("Vorgang", "Ticket"),
        create=Call("POST", "/tickets", "assumed"),
        update=Call("PATCH", "/tickets/{id}", "assumed"),
        remove=Call("PATCH", "/tickets/{id}", "assumed"),
        removal=b'{"status":"CLOSED"}',
        update_fields=frozenset({"title", "status", "ticketTypeId", "unitId"}),
    ),
    "comment": Endpoint(
        Text("Notiz", "Note"),
        # a portal that gives comments ids of its own has made it all the same
        create=Call("POST", "/tickets/{parent}/comments", "assumed", Expected.OBJECT),
        update=None,
        remove=Call("DELETE", "/tickets/{parent}/comments/{id}", "assumed", Expected.NOTHING),
        find=Call("GET", "/tickets/{parent}/comments", "assumed", Expected.PAGE),
    ),
    "attachment": Endpoint(
        Text("Anhang", "Attachment"),
        create=Call("POST", "/tickets/{parent}/attachments", "assumed", Expected.OBJECT),
        update=None,
        remove=None,
        find=Call("GET", "/tickets/{id}", "assumed", Expected.OBJECT),
    ),
    "post": Endpoint(
        Text("Hausmitteilung", "House notice"),
        create=Call("POST", "/posts", "v1"),
        update=Call("PUT", "/posts/{id}", "assumed"),
        remove=Call("DELETE", "/posts/{id}", "assumed", Expected.NOTHING),
    ),
}
LISTS: Final[dict[str, Call]] = {
    "property": Call("GET", "/properties", "confirmed", Expected.PAGE),
    "unit": Call("GET", "/units", "confirmed", Expected.PAGE),
    "contact": Call("GET", "/contacts", "confirmed", Expected.PAGE),
    "contract": Call("GET", "/contracts", "assumed", Expected.PAGE),
    "document_type": Call("GET", "/document-types", "assumed", Expected.PAGE),
    "document": Call("GET", "/documents", "assumed", Expected.PAGE),
    "ticket_type": Call("GET", "/ticket-types", "assumed", Expected.PAGE),
    "ticket": Call("GET", "/tickets", "assumed", Expected.PAGE),
    "comment": Call("GET", "/tickets/{parent}/comments", "assumed", Expected.PAGE),
    "post": Call("GET", "/posts", "assumed", Expected.PAGE),
}
"""Everything the portal lists; responsibilities come with their property, attachments with their ticket."""
SINGLE: Final[dict[str, Call]] = {
    "property": Call("GET", "/properties/{id}", "confirmed", Expected.OBJECT),
    "unit": Call("GET", "/units/{id}", "assumed", Expected.OBJECT),
    "contact": Call("GET", "/contacts/{id}", "v1", Expected.OBJECT),
    "contract": Call("GET", "/contracts/{id}", "assumed", Expected.OBJECT),
    "document": Call("GET", "/documents/{id}", "assumed", Expected.OBJECT),
    # one that was made in the portal and has no id is asked for by its internalId
    "ticket": Call("GET", "/tickets/{id}", "assumed", Expected.OBJECT),
    "post": Call("GET", "/posts/{id}", "assumed", Expected.OBJECT),
}

FILE: Final = Call("GET", "/attachments/{id}", "assumed", Expected.NOTHING)
"""Where the files of tickets and comments lie; what else an answer names is not fetched, though the host be the portal.
"""
_ID: Final = r"(?!\.{1,2}$)[^/\\]+"
_FILE_PATH: Final = re.compile(re.escape(FILE.path).replace(re.escape("{id}"), _ID))


def is_of_file(path: str) -> bool:
    """Whether a path (percent-encoded, below the API's own) is that of an attachment's file, however it is read."""
    return all(_FILE_PATH.fullmatch(one) for one in (path, unquote(path), unquote(unquote(path))))


def endpoint_of(record_type: str, answers: PortalAnswers) -> Endpoint:
    """Return the calls of a record type, without those that a portal with these answers is known not to have."""
    endpoint = ENDPOINTS[record_type]
    if record_type == "comment" and not answers.comments_can_be_deleted:
        return endpoint._replace(remove=None)
    return endpoint


def paths_without_id() -> set[str]:
    """Return the paths that are the same for every record."""
    return {call.path for endpoint in ENDPOINTS.values() for call in endpoint.calls() if "{" not in call.path}
