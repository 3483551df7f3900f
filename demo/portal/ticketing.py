"""PATCH for tickets: the same operations as for other records, but that single fields change instead of all."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo.portal.collection import Collection
from demo.portal.portal import Portal
from demo.portal.reading import Handler, live_object, read_body
from demo.portal.record import Resource
from demo.portal.schema import ApiDocument


class Ticketing(Collection):
    """The operations on tickets."""

    def __init__(self, portal: Portal, resource: Resource, document: ApiDocument) -> None:
        super().__init__(portal, resource, document)
        self._check_changes = document.check(document.schema("TicketPatch"))
        self._changeable = document.fields("TicketPatch")

    def _more(self, one: str) -> list[tuple[str, str, Handler]]:
        return [("PATCH", one, self._change)]

    async def _change(self, request: Request) -> Response:
        given = await read_body(request, self._check_changes)
        stored = live_object(self._store, self._resource.kind, request)
        changes = {name: value for name, value in given.items() if name in self._changeable}
        # a contact or unit that has gone since must not keep its ticket from being closed
        self._refuse_dangling({name: value for name, value in changes.items() if value is not None})
        body = stored.body | changes
        self._refuse_objection(body)
        saved = self._store.update(stored, body, given, self._resource.label(body))
        return JSONResponse(self._shown(request, saved))
