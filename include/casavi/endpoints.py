"""The portal's API as far as this project uses it: one row per record type, one call per operation.

A wrong guess about the API is a change of this table and of nothing else. The marks say how sure each call is:
confirmed (seen in a copy of the specification or in public client code), v1 (documented for v1 only), assumed.
"""

from typing import Final, Literal, NamedTuple
from urllib.parse import quote

from include.casavi.verdict import Expected

Evidence = Literal["confirmed", "v1", "assumed"]
LOGIN_PATH: Final = "/authenticate"
TOKEN_HEADER: Final = "token"  # noqa: S105 - the name of a header


class Call(NamedTuple):
    """One operation: its method, its path with {id} for the external id, how sure we are of it, what it answers."""

    method: str
    path: str
    evidence: Evidence
    answers: Expected = Expected.RECORD

    def path_for(self, external_id: str) -> str:
        """Return the path for one record; ids may hold slashes and umlauts, so they are percent-encoded."""
        return self.path.replace("{id}", quote(external_id, safe=""))


class Endpoint(NamedTuple):
    """The calls of one record type. Bodies are JSON, but for record types with a file, which are multipart.

    update:    None where the portal has no such call: a change is then removed and created anew
    none_left: body of `remove` where that is a call which replaces all there is
    """

    create: Call
    update: Call | None
    remove: Call
    none_left: bytes | None = None

    def calls(self) -> list[Call]:
        """Return the calls there are."""
        return [call for call in (self.create, self.update, self.remove) if call is not None]


def _collection(path: str) -> Endpoint:
    return Endpoint(
        create=Call("POST", path, "assumed"),
        update=Call("PUT", f"{path}/{{id}}", "assumed"),
        # archives; nothing is ever deleted for good
        remove=Call("DELETE", f"{path}/{{id}}", "assumed", Expected.NOTHING),
    )


_RESPONSIBILITIES: Final = Call("PUT", "/properties/{id}/responsibilities", "assumed", Expected.LIST)

ENDPOINTS: Final[dict[str, Endpoint]] = {
    "property": _collection("/properties"),
    "unit": _collection("/units"),
    "contact": _collection("/contacts"),
    "contract": _collection("/contracts"),
    "responsibility": Endpoint(_RESPONSIBILITIES, _RESPONSIBILITIES, _RESPONSIBILITIES, none_left=b"[]"),
    "document": Endpoint(
        create=Call("POST", "/documents", "assumed"),
        update=None,
        remove=Call("DELETE", "/documents/{id}", "assumed", Expected.NOTHING),
    ),
}
LISTS: Final[dict[str, Call]] = {
    "contact": Call("GET", "/contacts", "confirmed", Expected.PAGE),
    "document_type": Call("GET", "/document-types", "assumed", Expected.PAGE),
}


def paths_without_id() -> set[str]:
    """Return the paths that are the same for every record."""
    return {call.path for endpoint in ENDPOINTS.values() for call in endpoint.calls() if "{id}" not in call.path}
