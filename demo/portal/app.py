"""Puts the sandbox together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from demo.portal.attachments import attachment_routes
from demo.portal.behaviour import Behaviour
from demo.portal.collection import Collection
from demo.portal.comments import comment_routes
from demo.portal.control import control_router
from demo.portal.documents import DOCUMENTS
from demo.portal.docuware import docuware_routes
from demo.portal.faults import FaultBook
from demo.portal.folders import FOLDERS, replace_folders
from demo.portal.handmade import handmade_router
from demo.portal.inside import inside_router
from demo.portal.pages import page_routes
from demo.portal.portal import KeyPair, Portal
from demo.portal.requestlog import RequestLog
from demo.portal.resources import RESOURCES
from demo.portal.responsibilities import responsibility_routes
from demo.portal.schema import ApiDocument
from demo.portal.state import Store
from demo.portal.ticketing import Ticketing
from demo.portal.tickets import TICKETS
from demo.portal.uploads import Uploads
from demo.portal.wire import Wire

MADE_AS: Final[Mapping[str, type[Collection]]] = {DOCUMENTS.kind: Uploads, TICKETS.kind: Ticketing}
"""Record types with operations of their own."""


@dataclass(frozen=True, slots=True)
class Options:
    """How one sandbox is started."""

    database: Path
    keys: KeyPair = field(default_factory=KeyPair)
    behaviour: Behaviour = field(default_factory=Behaviour)


def create_app(options: Options) -> ASGIApp:
    """Return the ASGI application; it keeps its state in `options.database`, everything else in memory."""
    store, faults, log = Store(options.database), FaultBook(), RequestLog()
    if store.is_new:
        replace_folders(store, FOLDERS)
    portal = Portal(store, options.keys, options.behaviour)
    # no generated documentation: its pages load scripts from foreign hosts
    app = FastAPI(openapi_url=None, redirect_slashes=False, exception_handlers={HTTPException: _error})
    document = ApiDocument()
    app.router.routes.append(portal.login_route(document))
    for resource in RESOURCES.values():
        made_as = MADE_AS.get(resource.kind, Collection)
        app.router.routes += made_as(portal, resource, document).routes()
    app.router.routes += responsibility_routes(portal, document)
    app.router.routes += comment_routes(portal, document)
    app.router.routes += attachment_routes(portal, document)
    app.router.routes += page_routes(portal)
    app.router.routes += docuware_routes(options.keys)
    app.include_router(control_router(portal, faults, log, options.database))
    app.include_router(inside_router(portal))
    app.include_router(handmade_router(portal))
    return Wire(app, faults, log, store.clock, store.drop_tokens)


async def _error(_request: Request, error: Exception) -> Response:
    status: Final = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    detail = getattr(error, "detail", None) or HTTPStatus(status).phrase
    return JSONResponse({"message": detail}, status, headers)
