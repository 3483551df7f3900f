"""List, create, read, replace and archive: the same operations for every row of RESOURCES."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.portal.behaviour import Effect, Held, ModifiedAfter, PutOmitted, effect_of_post, effect_of_put
from demo.portal.paging import one_page, own_address
from demo.portal.portal import BASE, Portal
from demo.portal.reading import Handler, Query, live_object, merged, path_id, read_body, refuse
from demo.portal.record import Resource, View
from demo.portal.schema import ApiDocument, milliseconds
from demo.portal.state import Body, Stored


class Collection:
    """The operations on one record type."""

    def __init__(self, portal: Portal, resource: Resource, document: ApiDocument) -> None:
        self._portal = portal
        self._store = portal.store
        self._resource = resource
        self._check = document.check(document.schema(resource.written_as))
        self._fields = document.fields(resource.written_as)
        self._query = Query(document, f"/{resource.kind}")

    def routes(self) -> list[Route]:
        """Return the routes of this record type."""
        many, one = f"{BASE}/{self._resource.kind}", f"{BASE}/{self._resource.kind}/{{id}}"
        table: dict[str, tuple[str, str, Handler]] = {
            "list": ("GET", many, self._list),
            "create": ("POST", many, self._create),
            "read": ("GET", one, self._read),
            "replace": ("PUT", one, self._replace),
            "archive": ("DELETE", one, self._archive),
        }
        offered = [row for operation, row in table.items() if operation in self._resource.operations]
        return merged([*offered, *self._more(one)], self._portal.guarded)

    def _more(self, _one: str) -> list[tuple[str, str, Handler]]:
        """Return method, path and handler of what only this record type offers."""
        return []

    async def _list(self, request: Request) -> Response:
        query = self._query.read(request)
        conditions = self._conditions(query)

        def find(offset: int, limit: int) -> list[Stored]:
            order = self._resource.order
            return self._store.page(self._resource.kind, conditions, offset=offset, limit=limit, order=order)

        return one_page(
            request, query, self._portal.behaviour, find, lambda stored: self._shown(request, stored, query)
        )

    async def _read(self, request: Request) -> Response:
        return JSONResponse(self._shown(request, live_object(self._store, self._resource.kind, request)))

    async def _create(self, request: Request) -> Response:
        body = {"id": new_id()} | await read_body(request, self._check)
        stored = self._store.find(self._resource.kind, body["id"])
        effect, onto_it = effect_of_post(held(stored), self._portal.behaviour)
        return self._written(request, effect, body, stored if onto_it else None)

    async def _replace(self, request: Request) -> Response:
        external_id = path_id(request)
        body = {"id": external_id} | await read_body(request, self._check)
        stored = self._store.find(self._resource.kind, external_id)
        effect, onto_it = effect_of_put(held(stored), self._portal.behaviour)
        if effect is not Effect.NOT_FOUND and body["id"] != external_id:
            refuse(422, "id: is not the one in the path")
        return self._written(request, effect, body, stored if onto_it else None)

    async def _archive(self, request: Request) -> Response:
        self._put_away(live_object(self._store, self._resource.kind, request))
        return Response(status_code=204)

    def _put_away(self, stored: Stored) -> None:
        body = self._resource.settle(stored.body, True)
        self._store.update(stored, body, stored.sent, self._resource.label(body), archived=True)

    def _written(self, request: Request, effect: Effect, body: Body, stored: Stored | None) -> Response:
        return JSONResponse(self._shown(request, self._saved(effect, body, stored)), effect.value)

    def _saved(self, effect: Effect, body: Body, stored: Stored | None) -> Stored:
        if effect is Effect.NOT_FOUND:
            refuse(404, "there is nothing under this id")
        if effect is Effect.CONFLICT:
            refuse(409, "id: is taken")
        self._refuse_dangling(body)
        self._refuse_objection(body)
        after = self._resource.settle(self._merged(body, stored), False)
        label = self._resource.label(after)
        if stored is None:
            return self._store.insert(self._resource.kind, body["id"], after, body, label)
        return self._store.update(stored, after, body, label)

    def _merged(self, body: Body, stored: Stored | None) -> Body:
        written = {name: value for name, value in body.items() if name in self._fields}
        if stored is None:
            return written
        keeps = self._portal.behaviour.put_omitted is PutOmitted.KEEP
        kept = {name: value for name, value in stored.body.items() if keeps or name not in self._fields}
        return kept | written

    def _refuse_dangling(self, body: Body) -> None:
        if body.get("id") == "":
            refuse(422, "id: is empty")
        for name, kind in self._resource.references.items():
            if name in body and self._store.live(kind, body[name]) is None:
                refuse(422, f"{name}: there is nothing under this id in {kind}")

    def _refuse_objection(self, body: Body) -> None:
        objection = self._resource.check(self._store, body)
        if objection:
            refuse(422, objection)

    def _shown(self, request: Request, stored: Stored, query: Mapping[str, object] | None = None) -> Body:
        address = own_address(request)
        empty = {name: None for name, schema in self._fields.items() if schema.get("nullable")}
        own: Body = {"internalId": stored.internal_id}
        if self._resource.has_app_link:
            own["appLink"] = f"{address}/#{self._resource.kind}-{stored.internal_id}"
        body = {**empty, "customFields": {}, **stored.body} if "customFields" in self._fields else empty | stored.body
        return self._resource.show(View(self._store, address, query or {}), stored, body) | own

    def _conditions(self, query: Mapping[str, object]) -> list[tuple[str, object]]:
        conditions = [(sql, query[name]) for name, sql in self._resource.filters.items() if name in query]
        after = query.get("modifiedAfter")
        if isinstance(after, datetime):
            inclusive = self._portal.behaviour.modified_after is ModifiedAfter.INCLUSIVE
            conditions.append(("modified_at >= ?" if inclusive else "modified_at > ?", milliseconds(after)))
        return conditions


def new_id() -> str:
    """Return what the portal calls a thing for which nobody gave an id."""
    return str(uuid4())


def held(stored: Stored | None) -> Held:
    """Return what the portal holds, told from what was found under an id."""
    if stored is None:
        return Held.NOTHING
    return Held.ARCHIVED if stored.archived else Held.LIVE
