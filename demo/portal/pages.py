"""The pages for people: a chooser, and the portal through one tenant's eyes."""

from collections.abc import Awaitable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from demo.portal.download import attachment_answer, document_answer
from demo.portal.filing import Filing, FormTokens, Refused
from demo.portal.portal import Portal
from demo.portal.reading import path_id
from demo.portal.state import Body, Store, Stored
from demo.portal.tenant import tenant_view
from demo.portal.texts import TEXTS, choose_language, readable_size, readable_time

SHOWN: Final = 50
HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
    "cache-control": "no-store",
    "vary": "accept-language",
}


def page_routes(portal: Portal) -> list[Route]:
    """Return the routes of the pages and of their forms."""
    render, store, tokens = _Renderer(), portal.store, FormTokens()

    async def chooser(request: Request) -> Response:
        text = request.query_params.get("q", "").strip()
        people = store.search("contacts", text, SHOWN + 1)
        values = {
            "q": text,
            "people": [_person(contact) for contact in people[:SHOWN]],
            "has_more": len(people) > SHOWN,
            "counts": store.counts(),
            "properties": [_property(store, stored) for stored in store.search("properties", text, SHOWN)],
        }
        return render(request, "chooser.html", values)

    async def tenant(request: Request) -> Response:
        view = tenant_view(store, path_id(request))
        if view is None:
            return render(request, "gone.html", {"what": "gone"}, status=404)
        values = {"view": view, "id": path_id(request), "token": tokens.token_for(path_id(request))}
        return render(request, "tenant.html", values)

    async def document(request: Request) -> Response:
        answer = document_answer(store, path_id(request), request.path_params["number"])
        return answer or render(request, "gone.html", {"what": "no_document"}, status=404)

    async def attachment(request: Request) -> Response:
        answer = attachment_answer(store, path_id(request), request.path_params["number"])
        return answer or render(request, "gone.html", {"what": "no_document"}, status=404)

    return [
        Route("/", chooser),
        Route("/tenant/{id}", tenant),
        Route("/tenant/{id}/documents/{number}", document),
        Route("/tenant/{id}/attachments/{number}", attachment),
        *_form_routes(Filing(portal, tokens), render),
    ]


def _form_routes(filing: Filing, render: "_Renderer") -> list[Route]:
    async def file(request: Request) -> Response:
        return await taken(request, filing.file(request, path_id(request)))

    async def comment(request: Request) -> Response:
        return await taken(request, filing.comment(request, path_id(request), request.path_params["number"]))

    async def taken(request: Request, effect: Awaitable[int]) -> Response:
        page = f"/tenant/{quote(path_id(request), safe='')}"
        try:
            number = await effect
        except Refused as refused:
            return render(request, "gone.html", {"what": refused.what, "page": page}, refused.status)
        # a page that is loaded again must not send the form again
        return RedirectResponse(f"{page}?lang={language_of(request)}#report-{number}", 303, HEADERS)

    reports = "/tenant/{id}/reports"
    return [
        Route(reports, file, methods=["POST"]),
        Route(f"{reports}/{{number}}/comments", comment, methods=["POST"]),
    ]


def language_of(request: Request) -> str:
    """Return the language that the reader wants."""
    return choose_language(request.query_params.get("lang"), request.headers.get("accept-language"))


class _Renderer:
    """Fills a template in the reader's language; everything is escaped, a forgotten value is an error."""

    def __init__(self) -> None:
        loader = FileSystemLoader(Path(__file__).parent / "templates")
        self._templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
        self._templates.filters["segment"] = lambda text: quote(text, safe="")

    def __call__(self, request: Request, name: str, values: dict[str, Any], status: int = 200) -> Response:
        language = language_of(request)
        other = "en" if language == "de" else "de"
        common = {
            "t": TEXTS[language],
            "language": language,
            "other": other,
            "switch": str(request.url.include_query_params(lang=other).query),
            "day": _german_day if language == "de" else str,
            "size": partial(readable_size, language),
            "moment": partial(readable_time, language),
            "page": None,
        }
        page = self._templates.get_template(name).render(common | values)
        return HTMLResponse(page, status, HEADERS | {"content-language": language})


def _german_day(text: str) -> str:
    return date.fromisoformat(text[:10]).strftime("%d.%m.%Y")


def _person(contact: Stored) -> Body:
    name = [contact.body.get(part) for part in ("firstName", "lastName", "companyName")]
    return {"id": contact.id, "name": " ".join(str(part) for part in name if part) or contact.id}


def _property(store: Store, stored: Stored) -> Body:
    units = store.linked("units", "propertyId", stored.id)
    contracts = sum(len(store.linked("contracts", "unitId", unit.id)) for unit in units)
    place = " ".join(str(stored.body[part]) for part in ("postalCode", "city") if stored.body.get(part))
    return {"id": stored.id, "name": stored.body["name"], "place": place, "units": len(units), "contracts": contracts}
