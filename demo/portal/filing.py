"""The forms with which a tenant files a report and comments on an own one."""

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request

from demo.portal.multipart import Part, is_form, read_form
from demo.portal.portal import Portal
from demo.portal.reporting import Report, comment_as_tenant, file_report
from demo.portal.state import Stored
from demo.portal.tenant import tenant_view
from demo.portal.tickets import TICKETS
from demo.portal.uploads import Upload, facts_of

LINE_ENDS: Final = ("\r\n", "\r")
"""Browsers send CRLF, while what comes over the interface has LF."""


class Refused(Exception):
    """A form that has no effect: `what` is the key of the texts that say why, `status` that of the answer."""

    def __init__(self, status: int, what: str) -> None:
        super().__init__(what)
        self.status, self.what = status, what


class FormTokens:
    """What a form carries to prove that it comes from the person's own page: other sites cannot read it there."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def token_for(self, contact_id: str) -> str:
        """Return the token for the forms on this person's page; it ends with the process."""
        return hmac.new(self._secret, contact_id.encode(), sha256).hexdigest()

    def fits(self, contact_id: str, token: str) -> bool:
        """Whether the token is that of this person's page."""
        return hmac.compare_digest(self.token_for(contact_id).encode(), token.encode())


@dataclass(frozen=True, slots=True)
class Form:
    """What a form says; an absent file is None."""

    texts: dict[str, str]
    upload: Upload | None


class Filing:
    """Takes the forms in; each answers with the internal id of the ticket that it was about, or raises Refused."""

    def __init__(self, portal: Portal, tokens: FormTokens) -> None:
        self._portal = portal
        self._tokens = tokens

    async def file(self, request: Request, contact_id: str) -> int:
        """File a report about a unit that the person has now."""
        form = await self._form(request, contact_id)
        contact, view = self._contact(contact_id), tenant_view(self._portal.store, contact_id)
        type_id, unit = form.texts.get("type", ""), self._portal.store.live("units", form.texts.get("unit", ""))
        title, text = form.texts.get("title", "").strip(), form.texts.get("text", "")
        # that the page offers no other choice keeps nobody from sending one
        if view is None or unit is None or unit.id not in view.board.units or type_id not in view.board.types:
            raise Refused(422, "incomplete")
        if not title:
            raise Refused(422, "incomplete")
        return file_report(self._portal, Report(contact, type_id, title, text, unit), form.upload).internal_id

    async def comment(self, request: Request, contact_id: str, number: str) -> int:
        """Comment on an own report."""
        form = await self._form(request, contact_id)
        contact = self._contact(contact_id)
        own = self._portal.store.linked(TICKETS.kind, "contactId", contact_id)
        ticket = next((one for one in own if str(one.internal_id) == number), None)
        if ticket is None:
            raise Refused(404, "no_report")
        text = form.texts.get("text", "")
        if not text.strip():
            raise Refused(422, "incomplete")
        comment_as_tenant(self._portal, ticket, contact, text, form.upload)
        return ticket.internal_id

    def _contact(self, contact_id: str) -> Stored:
        """Return the person; who has no access to the portal can do nothing in it."""
        contact = self._portal.store.live("contacts", contact_id)
        if contact is None or contact.body.get("portalUser") is False:
            raise Refused(404, "no_report")
        return contact

    async def _form(self, request: Request, contact_id: str) -> Form:
        content_type = request.headers.get("content-type", "")
        try:
            parts = read_form(content_type, await request.body()) if is_form(content_type) else []
            texts = {part.name: _text(part) for part in parts if part.file_name is None}
        except ValueError:
            raise Refused(422, "incomplete") from None
        if not self._tokens.fits(contact_id, texts.get("token", "")):
            raise Refused(403, "form_expired")
        # a browser sends a field without a file as one with an empty name
        file = next((part for part in parts if part.name == "file" and part.file_name), None)
        return Form(texts, self._upload(file) if file else None)

    def _upload(self, file: Part) -> Upload:
        try:
            facts = facts_of(file, self._portal.behaviour)
        except HTTPException as wrong:
            raise Refused(wrong.status_code, "not_taken") from None
        return Upload({**facts, "isInternal": False}, file.content)


def _text(part: Part) -> str:
    text = part.text()
    for line_end in LINE_ENDS:
        text = text.replace(line_end, "\n")
    return text
