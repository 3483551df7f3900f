"""The file behind a document or attachment, for a tenant who may see it."""

import re
from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from demo.portal.state import Store
from demo.portal.tenant import tenant_view

SHOWN_BY_BROWSERS: Final = frozenset({"application/pdf", "image/jpeg", "image/png"})
"""What opens in place; anything else, above all HTML and SVG, could act in our name and is only saved."""


def document_answer(store: Store, contact_id: str, number: str) -> Response | None:
    """Return the file and note that the person opened it; None when the person does not see such a document."""
    view = tenant_view(store, contact_id)
    shared = next((one for one in view.documents if str(one.number) == number), None) if view else None
    content = store.files.content(shared.number) if shared else None
    if shared is None or content is None:
        return None
    store.files.note_download(shared.number, contact_id)
    return Response(content, headers=_headers(shared.file_name, shared.media_type))


def attachment_answer(store: Store, contact_id: str, number: str) -> Response | None:
    """Return a file of a report; None when the person sees no report with such a file."""
    view = tenant_view(store, contact_id)
    files = (file for report in view.board.reports for file in report.all_files()) if view else ()
    visible = next((one for one in files if str(one.number) == number), None)
    content = store.files.content(visible.number) if visible else None
    if visible is None or content is None:
        return None
    return Response(content, headers=_headers(visible.file_name, visible.media_type))


def _headers(file_name: str, media_type: str) -> dict[str, str]:
    opens = media_type in SHOWN_BY_BROWSERS
    headers = {
        "content-type": media_type,
        "content-disposition": f"{'inline' if opens else 'attachment'}; {_name(file_name)}",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }
    # a browser's own PDF viewer does not run in a sandbox
    return headers if opens else headers | {"content-security-policy": "default-src 'none'; sandbox"}


def _name(file_name: str) -> str:
    """Return the name twice: plain for old clients, and whole (RFC 6266)."""
    plain = re.sub(r"[^\w .()-]", "_", file_name, flags=re.ASCII)
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
