"""That a person was forgotten, in words that say nothing of whom: a keyed digest of the id, numbers, when and by whom.

Whoever asks about an id again finds the receipt by it; nobody finds the id by the receipt.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from sqlalchemy import Connection, delete, select

from include.ixhaus.contract.own import SP_POSITION
from include.sync import marks
from include.vocabulary.clock import to_utc_column

PREFIX: Final = "forgotten/"
_MARK: Final = SP_POSITION.c
_LONGEST_NAME: Final = 60


def name_of(key: str, secret: bytes) -> str:
    """Return under which name the receipt of a person lies."""
    return PREFIX + blake2b(key.encode(), digest_size=16, key=secret).hexdigest()


def write(connection: Connection, system: str, name: str, numbers: Mapping[str, int], by: str) -> dict[str, object]:
    """Write a receipt, or add to the one that is there, in the caller's transaction; returns it."""
    before = json.loads(marks.read(connection, system, name) or "{}").get("numbers", {})
    total = {place: before.get(place, 0) + numbers.get(place, 0) for place in {**before, **numbers}}
    receipt: dict[str, object] = {"by": by[:_LONGEST_NAME], "numbers": {one: n for one, n in total.items() if n}}
    if before or receipt["numbers"]:  # of an id that nobody knows there is nothing to say
        marks.write(connection, system, name, json.dumps(receipt, separators=(",", ":")))
    return receipt


def forget_old(connection: Connection, system: str, days: int, now: datetime) -> int:
    """Delete receipts after so many days; returns how many."""
    limit = to_utc_column(now) - timedelta(days=days)
    old = (_MARK.system == system) & _MARK.name.startswith(PREFIX, autoescape=True) & (_MARK.as_of < limit)
    return connection.execute(delete(SP_POSITION).where(old)).rowcount


def read(connection: Connection, system: str) -> dict[str, dict[str, object]]:
    """Return name → receipt of all that a system has."""
    mine = select(_MARK.name, _MARK.value).where(_MARK.system == system, _MARK.name.startswith(PREFIX, autoescape=True))
    return {name: json.loads(value) for name, value in connection.execute(mine)}
