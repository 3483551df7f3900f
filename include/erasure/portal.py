"""A person's records leave the portal: documents, contracts, then the contact, whose fields are overwritten before.

The portal only archives what is removed (assumed), so that a contact is first sent without any value; the archive
itself, and the texts of reports, only casavi can erase.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Final

from include.casavi.client import Portal, open_portal
from include.casavi.endpoints import ENDPOINTS, Call
from include.casavi.payloads import ContactPayload
from include.casavi.verdict import Verdict
from include.erasure.person import Held
from include.settings import ConfigurationError, SystemSettings
from include.sync.calls import GONE

NAMELESS: Final = "anonymisiert"
"""The word that iX-Haus itself writes in place of a name."""
_PASSING: Final = (Verdict.WAIT, Verdict.FAULT)


class NotForgottenError(ConfigurationError):
    """Something is in the way of forgetting a person; the message says what, and what to do."""


def take_away(settings: SystemSettings, records: Iterable[Held]) -> Counter[str]:
    """Remove records from the portal; returns record type → how many the portal took.

    raises: NotForgottenError if the portal does not take one, PortalStopError if it takes nothing
    """
    return asyncio.run(_take_away(settings, list(records)))


async def _take_away(settings: SystemSettings, records: list[Held]) -> Counter[str]:
    taken: Counter[str] = Counter()
    async with open_portal(settings.portal_connection, settings.limits) as portal:
        for one in records:
            for portal_id in one.portal_ids:
                if one.record_type == "contact":
                    await _send(portal, settings, one, ENDPOINTS["contact"].update, portal_id, _nobody(portal_id))
                if await _send(portal, settings, one, ENDPOINTS[one.record_type].remove, portal_id, None):
                    taken[one.record_type] += 1
    return taken


async def _send(
    portal: Portal, settings: SystemSettings, record: Held, call: Call | None, portal_id: str, body: bytes | None
) -> bool:
    """Make a call until it is answered; returns whether there was something."""
    if call is None:
        return False
    answer = await portal.call(call, portal_id, body)
    for _ in range(settings.limits.attempts - 1):
        if answer.verdict not in _PASSING:
            break
        await portal.pace.rest(answer.pause or 1)
        answer = await portal.call(call, portal_id, body)
    is_over = answer.verdict in GONE or (not record.is_held and answer.verdict not in _PASSING)
    if not is_over:  # what the portal has archived long since it need not take once more
        raise NotForgottenError(
            f"the portal did not take a {record.record_type} away ({answer.reason or answer.status}); what is done "
            "stays done, start it again"
        )
    return answer.verdict is Verdict.DONE


def _nobody(portal_id: str) -> bytes:
    empty = dict.fromkeys(field.alias or name for name, field in ContactPayload.model_fields.items())
    nobody = ContactPayload.model_validate(empty | {"id": portal_id, "lastName": NAMELESS, "portalUser": False})
    return nobody.model_dump_json(by_alias=True).encode()
