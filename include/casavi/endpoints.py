"""The portal's API as far as this project uses it: one row per record type, one call per operation.

A wrong guess about the API is a change of this table and of nothing else. The marks say how sure each call is:
confirmed (seen in a copy of the specification or in public client code), v1 (documented for v1 only), assumed.
"""

from typing import Final, Literal, NamedTuple
from urllib.parse import quote

Evidence = Literal["confirmed", "v1", "assumed"]
LOGIN_PATH: Final = "/authenticate"
TOKEN_HEADER: Final = "token"  # noqa: S105 - the name of a header


class Call(NamedTuple):
    """One operation: its method, its path with {id} for the external id, and how sure we are of it."""

    method: str
    path: str
    evidence: Evidence

    def path_for(self, external_id: str) -> str:
        """Return the path for one record; ids may hold slashes and umlauts, so they are percent-encoded."""
        return self.path.replace("{id}", quote(external_id, safe=""))


class Endpoint(NamedTuple):
    """The calls of one record type. Bodies are JSON; answers are the record, with its id, or 204 without a body."""

    create: Call
    update: Call
    remove: Call


def _collection(path: str) -> Endpoint:
    return Endpoint(
        create=Call("POST", path, "assumed"),
        update=Call("PUT", f"{path}/{{id}}", "assumed"),
        remove=Call("DELETE", f"{path}/{{id}}", "assumed"),  # archives; nothing is ever deleted for good
    )


ENDPOINTS: Final[dict[str, Endpoint]] = {
    "property": _collection("/properties"),
    "unit": _collection("/units"),
    "contact": _collection("/contacts"),
    "contract": _collection("/contracts"),
}


def paths_without_id() -> set[str]:
    """Return the paths that are the same for every record."""
    return {call.path for endpoint in ENDPOINTS.values() for call in endpoint if "{id}" not in call.path}
