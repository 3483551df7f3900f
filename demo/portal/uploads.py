"""POST and DELETE for documents: the same as for other records, with a file that comes and goes along."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo.portal.behaviour import Behaviour, DeletedIds, Effect, Held, effect_of_post
from demo.portal.collection import Collection, held
from demo.portal.multipart import Part, is_form, read_form
from demo.portal.reading import refuse
from demo.portal.schema import Check, Mismatch, Schema, parse_parameter
from demo.portal.state import Body, Stored

FILE: Final = "file"
UNKNOWN_TYPE: Final = "application/octet-stream"
MEDIA_TYPE: Final = re.compile(r"[\w.+!#$&^-]+/[\w.+!#$&^-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Upload:
    """A form that was taken: `fields` with fileName, mediaType, size and sha256 of the file, and its content."""

    fields: Body
    content: bytes | memoryview


class Uploads(Collection):
    """The operations on documents."""

    async def _create(self, request: Request) -> Response:
        upload = await read_upload(request, self._fields, self._check, self._portal.behaviour)
        stored = self._store.find(self._resource.kind, upload.fields["id"])
        effect, onto_it = self._effect(stored)
        with self._store.together():
            saved = self._saved(effect, upload.fields, stored if onto_it else None)
            self._store.files.keep(saved.internal_id, upload.content)
        return JSONResponse(self._shown(request, saved), effect.value)

    def _effect(self, stored: Stored | None) -> tuple[Effect, bool]:
        # documents are deleted, not archived as the others are: nothing of one comes back, and its id may be free
        if held(stored) is not Held.ARCHIVED:
            return effect_of_post(held(stored), self._portal.behaviour)
        free = self._portal.behaviour.deleted_ids is DeletedIds.FREE
        return (Effect.CREATED, True) if free else (Effect.CONFLICT, False)

    def _put_away(self, stored: Stored) -> None:
        with self._store.together():
            super()._put_away(stored)
            self._store.files.drop(stored.internal_id)

    def _merged(self, body: Body, _stored: Stored | None) -> Body:
        return body  # another file is another document: nothing of the old one stays


async def read_upload(request: Request, fields: Mapping[str, Schema], check: Check, behaviour: Behaviour) -> Upload:
    """Return what the form holds; 400 when it breaks the schema, 413, 415 or 422 when its file is not taken."""
    parts = _parts(request.headers.get("content-type", ""), await request.body(), fields)
    try:
        body = {name: "" if name == FILE else _value(name, fields[name], part) for name, part in parts.items()}
        check(body, "body")
    except Mismatch as wrong:
        refuse(400, str(wrong))
    file = parts[FILE]
    facts = facts_of(file, behaviour)
    defaults = {name: schema["default"] for name, schema in fields.items() if "default" in schema}
    return Upload(defaults | body | facts, file.content)


def _parts(content_type: str, body: bytes, fields: Mapping[str, Schema]) -> dict[str, Part]:
    """Return the parts that the schema knows, by name."""
    if not is_form(content_type):
        refuse(400, "content-type: must be multipart/form-data")
    try:
        known = [part for part in read_form(content_type, body) if part.name in fields]
    except ValueError as wrong:
        refuse(400, f"body: {wrong}")
    parts = {part.name: part for part in known}
    if len(parts) < len(known):
        refuse(400, "body: has a field more than once")
    return parts


def _value(name: str, schema: Schema, part: Part) -> object:
    try:
        return parse_parameter(schema, part.text())
    except Mismatch as wrong:
        raise Mismatch(f"body.{name}: {wrong}") from None
    except ValueError:
        raise Mismatch(f"body.{name}: is not UTF-8") from None


def facts_of(file: Part, behaviour: Behaviour) -> Body:
    """Return what is kept of a file beside its content; 413, 415 or 422 when it is not taken."""
    declared = file.media_type or ""
    media_type = declared if MEDIA_TYPE.fullmatch(declared) else UNKNOWN_TYPE
    size = len(file.content)
    if size > behaviour.max_file_bytes:
        refuse(413, f"file: is larger than {behaviour.max_file_bytes} bytes")
    if media_type in behaviour.refused_media_types:
        refuse(415, "file: files of this media type are not taken")
    if not file.file_name:
        refuse(422, "file: comes without a file name")
    digest = hashlib.sha256(file.content).hexdigest()
    return {"fileName": file.file_name, "mediaType": media_type, "size": size, "sha256": digest}
