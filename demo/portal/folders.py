"""The portal's folders, which the interface calls document types and can only read."""

from collections.abc import Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from demo.portal.documents import DOCUMENT_TYPES
from demo.portal.state import Store


class Folder(BaseModel):
    """One folder; several may have the same name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    name: str
    parentId: str | None = None


FOLDERS: Final = tuple(
    # the id is not the name, so that a client has to look it up
    Folder(id=f"DT-{number}", name=name)
    for number, name in enumerate(("Abrechnung", "Anschreiben", "Hausordnung", "Protokoll"), start=1)
)
"""What a new portal has."""


def replace_folders(store: Store, folders: Sequence[Folder]) -> None:
    """Put these folders in place of those there are; documents keep the id of theirs even if it is gone."""
    with store.together():
        store.forget(DOCUMENT_TYPES.kind)
        for folder in folders:
            body = folder.model_dump()
            store.insert(DOCUMENT_TYPES.kind, folder.id, body, body, folder.name)
