"""Documents with their files (R26–R33)."""

from typing import Final

from include.sync.group import Group
from include.vocabulary.texts import Text

DOCUMENTS: Final = Group(
    name="documents",
    label=Text("Dokumente", "Documents"),
    views=(
        "SP_DOKUMENT", "SP_PERSON", "SP_PARTNER", "SP_VERTRAG", "SP_VERTRAGSROLLE", "SP_EIGENTUEMER", "SP_HAUSMEISTER",
        "SP_LIZENZ",
    ),
    record_types={"document": "include.casavi.payloads.DocumentPayload"},
    rules="include.rules.documents.decide",
    sees=("contact", "contract"),
    parcels={"document": "include.groups.documents.parcels.open_document_parcels"},
    removes_first=True,
    identities={"document": "include.rules.documents.audience_in_portal"},
)  # fmt: skip
