"""States of records and runs as words that every part shares; they are what the database holds."""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """What the portal holds of a record, as far as it told us."""

    NEW = "new"
    PENDING = "pending"
    """A create was or may have been sent, its outcome is unknown: look it up before sending it again."""
    PRESENT = "present"
    RESTRICTED = "restricted"
    REMOVED = "removed"


HELD: Final = (State.PRESENT, State.RESTRICTED)
"""The portal holds the record."""
MAYBE_HELD: Final = (*HELD, State.PENDING)
"""It does, or may."""


class EmailState(StrEnum):
    """How far an event is that a contact may be told by e-mail."""

    WAITING = "waiting"
    SENDING = "sending"
    """Being sent: whether it was is unknown until it is settled."""
    SETTLED = "settled"
    """Dealt with; the reason says how."""
    UNDONE = "undone"
    """Was dealt with, and then the event was undone: a report that was closed is open again."""


class Origin(StrEnum):
    """Where a report, note or file was made (HERKUNFT); NULL in iX-Haus itself."""

    PORTAL = "PORTAL"


class RunStatus(StrEnum):
    """How a run stands or ended."""

    RUNNING = "running"
    OK = "ok"
    ERRORS = "errors"
    """Everything else was delivered."""
    FAILED = "failed"
    ABORTED = "aborted"
    """It ended without a word; the next run has said so."""
    SKIPPED = "skipped"
    DRY_RUN = "dry_run"


WENT_WRONG: Final = (RunStatus.ERRORS, RunStatus.FAILED, RunStatus.ABORTED)
"""Staff should look at such a run."""


class Level(StrEnum):
    """How much a protocol entry weighs, the heaviest first."""

    ERROR = "error"
    INVALID = "invalid"
    WITHHELD = "withheld"
    GUARDED = "guarded"
    OUTSTANDING = "outstanding"
    WARNING = "warning"
    FINDING = "finding"
    """What a reconciliation says of a record, or how many records it says it of."""
