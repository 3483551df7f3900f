"""Documents and document types as record types: whom a document may go to, and how both are shown."""

from typing import Final

from demo.portal.record import OPERATIONS, Resource, View
from demo.portal.schema import iso_time
from demo.portal.state import Body, Store, Stored

RECIPIENTS: Final = ("propertyId", "unitId", "contactId")
SHOWN: Final = ("id", "title", "fileName", "documentTypeId", *RECIPIENTS, "sharedWith")


def _has_one_recipient(_store: Store, body: Body) -> str | None:
    if sum(name in body for name in RECIPIENTS) == 1:
        return None
    return f"body: must have exactly one of {', '.join(RECIPIENTS)}"


def _show_document(view: View, stored: Stored, body: Body) -> Body:
    # what else is kept of the file is for tests only: the control API shows it
    shown = {name: body.get(name) for name in SHOWN}
    downloads = view.store.files.downloads(stored.internal_id)
    return {**shown, "createdAt": iso_time(stored.created_at), "downloads": downloads}


DOCUMENT_TYPES: Final = Resource(
    "document-types",
    "DocumentType",
    lambda _view, _stored, body: body,
    operations=frozenset({"list"}),
    has_app_link=False,
)
DOCUMENTS: Final = Resource(
    "documents",
    "DocumentUpload",
    _show_document,
    references={
        "propertyId": "properties",
        "unitId": "units",
        "contactId": "contacts",
        "documentTypeId": DOCUMENT_TYPES.kind,
    },
    check=_has_one_recipient,
    label=lambda body: str(body.get("title") or ""),
    operations=OPERATIONS - {"replace"},
    has_app_link=False,
)
