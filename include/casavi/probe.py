"""Measuring what is not known of a portal, with records of its own that nobody is told of and that go again.

A contact without access to the portal, a document for it alone, and a closed ticket with an internal comment: on a real
account no tenant sees any of it.
"""

import json
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal, NamedTuple
from uuid import uuid4

from include.casavi.client import Answer, Portal
from include.casavi.endpoints import ENDPOINTS, Call
from include.casavi.trial import Trial, UnclearError, done
from include.casavi.upload import Upload
from include.casavi.verdict import Verdict
from include.settings import ConfigurationError, PortalAnswers

PREFIX: Final = "serviceportal-probe-"
REFUSALS: Final = (Verdict.TAKEN, Verdict.REFUSED)
PAGE: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
)


class Measured(NamedTuple):
    """A setting of `portal` and its value as the portal showed it, None if it did not; `why` says what was seen."""

    setting: str
    value: str | bool | None
    why: str


class Probe:
    """One measurement; what it found out, and what it could not remove, is there also when it was broken off.

    ours: ids of the tickets that the interface sent, None if nobody knows
    """

    def __init__(self, portal: Portal, property_id: str, ours: Collection[str] | None) -> None:
        self.measured: list[Measured] = []
        self.left: list[str] = []
        self._property_id = property_id
        self._ours = ours
        self._trial = Trial(portal, f"{PREFIX}{uuid4().hex[:8]}")

    async def run(self) -> None:
        """Measure everything and tidy up, whatever happened. Raises ConfigurationError when the portal lacks the
        property or cannot be asked for it.
        """
        await self._find_property()
        steps: dict[str, Callable[[], Awaitable[tuple[str | bool | None, str]]]] = {
            "tickets_have_ids": self._tickets_have_ids,
            "omitted_field": self._omitted_field,
            "deleted_id": self._deleted_id,
            "comments_can_be_deleted": self._comments_can_be_deleted,
            "post_on_known_id": self._post_on_known_id,
        }
        try:
            for setting, step in steps.items():
                try:
                    self.measured.append(Measured(setting, *await step()))
                except UnclearError as why:
                    self.measured.append(Measured(setting, None, str(why)))
        finally:
            self.left += await self._trial.tidy()

    async def _find_property(self) -> None:
        try:
            found = await self._trial.shown("property", self._property_id)
        except UnclearError as why:
            raise ConfigurationError(f"Property {self._property_id} cannot be asked for: {why}") from None
        if found is None:
            raise ConfigurationError(
                f"Property {self._property_id} is not in the portal; name one that is there and meant for tests"
            )

    async def _tickets_have_ids(self) -> tuple[bool | None, str]:
        ids = [ticket["id"] for ticket in await self._trial.listed("ticket")]
        if "" in ids:
            return False, f"{ids.count('')} of {len(ids)} tickets have no id"
        if self._ours is None:
            return (
                None,
                "the tickets there are have ids, but the ledger that knows which of them were sent is not there",
            )
        if made := [one for one in ids if one not in self._ours]:
            return True, f"{len(made)} tickets have an id and were not sent from here, such as {made[0]}"
        return None, "there is no ticket that was made in the portal; make one there and measure again"

    async def _omitted_field(self) -> tuple[str, str]:
        contact, update = await self._contact(), _call("contact", "update")
        if not (await self._present("contact", contact)).get("city"):
            raise UnclearError("the portal does not show a contact's city")
        done(await self._trial.ask(update, contact, _contact(contact, firstName="2")), "changing a contact")
        if (await self._present("contact", contact)).get("city"):
            return "stays", "a contact's city was still there after a PUT without it"
        return "cleared", "a contact's city was empty after a PUT without it"

    async def _deleted_id(self) -> tuple[str, str]:
        contact, document = await self._contact(), f"{self._trial.name}-document"
        done(await self._upload(document, "1", contact), "creating a document")
        done(await self._trial.ask(_call("document", "remove"), document), "removing a document")
        answer = await self._upload(document, "2", contact)
        if answer.verdict in REFUSALS:
            return "taken", f"a document under the id of a deleted one was refused (status {answer.status})"
        done(answer, "creating a document under the id of a deleted one")
        if (await self._present("document", document)).get("title") == "2":
            return "free", "a document could be made under the id of a deleted one"
        return "taken", "a document under the id of a deleted one was accepted, but the portal shows the old one"

    async def _comments_can_be_deleted(self) -> tuple[bool, str]:
        ticket, text = await self._ticket(), self._trial.name
        comment = f"{ticket}-comment"
        body = _json({"id": comment, "text": text, "isInternal": True})
        done(await self._trial.create("comment", comment, body, ticket), "creating a comment")
        ids = [one["id"] for one in await self._trial.listed("comment", ticket) if one.get("text") == text]
        if not ids:
            raise UnclearError("the portal does not list an internal comment that it has accepted")
        # the portal may have given it an id of its own
        answer = await self._trial.ask(_call("comment", "remove"), ids[0], None, ticket)
        is_there = any(one.get("text") == text for one in await self._trial.listed("comment", ticket))
        return (
            not is_there,
            f"DELETE was answered {answer.status}, the comment is {'still there' if is_there else 'gone'}",
        )

    async def _post_on_known_id(self) -> tuple[str, str]:
        contact = f"{self._trial.name}-twice"
        done(await self._trial.create("contact", contact, _contact(contact, firstName="1")), "creating a contact")
        try:
            answer: Answer | UnclearError = await self._trial.create(
                "contact", contact, _contact(contact, firstName="2")
            )
        except UnclearError as why:  # a second one with another id is not the answer that is expected
            answer = why
        found = [one for one in await self._trial.listed("contact", only_new=True) if one.get("lastName") == contact]
        for one in found:
            self._trial.note("contact", one["id"])
        self.left += [f"contact {contact}, the one without an id" for one in found if not one["id"]]
        if len(found) > 1:
            return "doubles", "a POST with the id of a contact made a second one"
        if isinstance(answer, UnclearError):
            raise answer
        if answer.verdict in REFUSALS:
            return "refused", f"a POST with the id of a contact was refused (status {answer.status})"
        done(answer, "a POST with the id of a contact")
        if [one.get("firstName") for one in found] == ["2"]:
            return "updates", "a POST with the id of a contact changed that one"
        raise UnclearError(
            "a POST with the id of a contact was accepted, but the portal lists neither two nor a changed one"
        )

    async def _contact(self) -> str:
        """Return the id of a contact with a city and without access, which is made when it is first asked for."""
        contact = f"{self._trial.name}-contact"
        if await self._trial.shown("contact", contact) is None:
            body = _contact(contact, firstName="1", city="1")
            done(await self._trial.create("contact", contact, body), "creating a contact")
        return contact

    async def _ticket(self) -> str:
        types = await self._trial.listed("ticket_type")
        if not types:
            raise UnclearError(
                "a ticket needs a type and the portal has none; let casavi_reports run and measure again"
            )
        ticket, contact = f"{self._trial.name}-ticket", await self._contact()
        body = {"id": ticket, "ticketTypeId": types[0]["id"], "title": self._trial.name, "status": "OPEN"}
        body |= {"propertyId": self._property_id, "contactId": contact}
        done(await self._trial.create("ticket", ticket, _json(body)), "creating a ticket")
        return ticket

    async def _present(self, record_type: str, external_id: str) -> dict[str, Any]:
        found = await self._trial.shown(record_type, external_id)
        if found is None:
            raise UnclearError(f"a {record_type} that was accepted is not there")
        return found

    async def _upload(self, external_id: str, title: str, contact: str) -> Answer:
        fields = {"id": external_id, "title": title, "contactId": contact, "notify": "false"}
        with TemporaryDirectory() as folder:
            path = Path(folder) / "probe.pdf"
            path.write_bytes(PAGE)
            upload = Upload(external_id, fields, path, path.name, "application/pdf")
            return await self._trial.create("document", external_id, upload)


def as_lines(probe: Probe) -> list[str]:
    """Return what was measured as lines of a settings file, what it was told by and what is left as comments."""
    order = list(PortalAnswers.model_fields)
    measured = sorted(probe.measured, key=lambda one: order.index(one.setting))
    known = [one for one in measured if one.value is not None]
    return [
        "portal:" if known else "portal: {}",
        *(f"  {one.setting}: {str(one.value).lower()}" for one in known),
        *(f"  # {one.setting}: not known" for one in measured if one.value is None),
        *(f"# {one.setting}: {one.why}" for one in measured),
        *(f"# Left in the portal, please remove by hand: {line}" for line in probe.left),
    ]


def _call(record_type: str, what: Literal["update", "remove"]) -> Call:
    call: Call | None = getattr(ENDPOINTS[record_type], what)
    if call is None:
        raise UnclearError(f"no call is known with which the portal would {what} a {record_type}")
    return call


def _contact(external_id: str, **fields: object) -> bytes:
    return _json({"id": external_id, "lastName": external_id, "portalUser": False, **fields})


def _json(fields: object) -> bytes:
    return json.dumps(fields).encode()
