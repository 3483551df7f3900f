"""When a refusal is final: only if it can be about the record, and never for ever.

Answers that are alike for many records speak of the portal or of us, not of the records. What was refused for good is
sent again after a while, and when the address, the method or the payload's version has changed since.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final, NamedTuple

import pandas as pd

from include.casavi.endpoints import Endpoint
from include.vocabulary.clock import to_utc_column

CONTENT_LETTERS: Final = 24
"""How much of a content's hash a mark keeps; the payload's version is part of that hash."""
_ADDRESS_LETTERS: Final = 8
ALIKE: Final = "REFUSED_ALIKE"
"""Outcome of a refusal that is not final, as many records were answered alike."""
CLOSED: Final = "ADDRESS_CLOSED"
"""Outcome where the address of all records of a kind takes nothing."""
REFUSED: Final = ("REFUSED", "CONFLICT")
"""Outcomes of refusals by which the portal speaks of a record."""
_SEVERAL: Final = 2


class Answered(NamedTuple):
    """What two answers have in common that look alike."""

    action: str
    status: int | None
    reason: str


def suspicious(numbers: Mapping[Answered, int], answers: int) -> set[Answered]:
    """Return the refusals that are not about their records: those that are more than half of a batch's answers. A
    single one is alike to nothing.

    numbers: how many refusals there are of each kind
    """
    return {one for one, number in numbers.items() if number >= _SEVERAL and 2 * number > answers}


def mark_of(content_hash: str, endpoint: Endpoint) -> str:
    """Return by which mark the ledger remembers a content that was refused for good, sent as this endpoint says."""
    return content_hash[:CONTENT_LETTERS] + _address(endpoint)


def standing(known: pd.DataFrame, endpoint: Endpoint, now: datetime, days: int) -> pd.DataFrame:
    """Return rows of the ledger in which `refused` is what begins the hash of a content that is not to be sent again,
    and empty where a refusal counts no more: after so many days (UTC), sent otherwise than today, or sent once more
    since without anybody's knowing how that ended.

    known: of one record type, see ledger.known_records
    now:   zoned
    """
    refused = known["refused"].dropna()
    if refused.empty:
        return known
    since = pd.to_datetime(known.loc[refused.index, "refused_at"], format="ISO8601").dt.normalize()
    today = pd.Timestamp(to_utc_column(now)).normalize()
    counts = refused.str.endswith(_address(endpoint)) & (since > today - timedelta(days=days))
    return known.assign(refused=refused.str[:-_ADDRESS_LETTERS].where(counts).reindex(known.index))


def _address(endpoint: Endpoint) -> str:
    told = [(call.method, call.path) for call in endpoint.calls()]
    return blake2b(repr((told, endpoint.removal)).encode(), digest_size=_ADDRESS_LETTERS // 2).hexdigest()
