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

from include.casavi.sandbox.attachments import attachment_routes
from include.casavi.sandbox.behaviour import Behaviour
from include.casavi.sandbox.collection import Collection
from include.casavi.sandbox.comments import comment_routes
from include.casavi.sandbox.control import control_router
from include.casavi.sandbox.documents import DOCUMENTS
from include.casavi.sandbox.docuware import docuware_routes
from include.casavi.sandbox.faults import FaultBook
from include.casavi.sandbox.folders import FOLDERS, replace_folders
from include.casavi.sandbox.inside import inside_router
from include.casavi.sandbox.pages import page_routes
from include.casavi.sandbox.portal import KeyPair, Portal
from include.casavi.sandbox.requestlog import RequestLog
from include.casavi.sandbox.resources import RESOURCES
from include.casavi.sandbox.responsibilities import responsibility_routes
from include.casavi.sandbox.schema import ApiDocument
from include.casavi.sandbox.state import Store
from include.casavi.sandbox.ticketing import Ticketing
from include.casavi.sandbox.tickets import TICKETS
from include.casavi.sandbox.uploads import Uploads
from include.casavi.sandbox.wire import Wire

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
    app.include_router(control_router(portal, faults, log))
    app.include_router(inside_router(portal))
    return Wire(app, faults, log, store.clock, store.drop_tokens)


async def _error(_request: Request, error: Exception) -> Response:
    status: Final = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    detail = getattr(error, "detail", None) or HTTPStatus(status).phrase
    return JSONResponse({"message": detail}, status, headers)
