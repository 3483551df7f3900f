"""One run: what it was asked to do, and what its steps share."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Protocol

from sqlalchemy import ColumnElement, Engine

from include.ixhaus.database import open_engine
from include.settings import ConfigurationError, PropertyRange, SystemSettings
from include.sync.lease import Lease
from include.sync.plan import Resend, Scope
from include.sync.protocol import RunKey
from include.sync.sealing import secret_of
from include.sync.staging import Staging
from include.vocabulary.clock import berlin_day
from include.vocabulary.reasons import explain


class SecondMemory(Protocol):
    """What somebody else than the database remembers of each group's runs: Airflow, in production."""

    def recall(self, group: str) -> int:
        """Return how many runs of a group there were; 0 if nobody knows."""

    def keep(self, group: str, runs: int) -> None:
        """Remember how many there are now."""


class RefusedError(Exception):
    """One direction cannot work before a person has mended something; the message says what."""


class SkipRunError(Exception):
    """There is nothing to do for this run.

    reason:       the code that says why
    switched_off: the database of iX-Haus that says so itself: its switch or its licence is off (R6); else None
    """

    def __init__(self, reason: str, switched_off: Engine | None = None) -> None:
        super().__init__(explain(reason))
        self.reason = reason
        self.switched_off = switched_off


@dataclass(frozen=True)
class Request:
    """What a person or a schedule asked of a run.

    properties:    numbers and ranges, "" for all
    resend:        changed, interval, refused or all, see plan.Scope
    interval:      the data interval of a backfilled run, UTC without zone
    about:         keys of the records whose change started the run; None: it is about everything
    only:          property numbers that it comes down to, found by the run itself; None: all
    clock_since:   of a run that the clock started: when its schedule had its turn before, UTC without zone
    second_memory: what Airflow remembers of earlier runs; None outside of it
    """

    properties: str = ""
    dry_run: bool = False
    resend: Resend = "changed"
    interval: tuple[datetime, datetime] | None = None
    about: tuple[str, ...] | None = None
    only: frozenset[str] | None = None
    clock_since: datetime | None = None
    second_memory: SecondMemory | None = field(default=None, compare=False)

    def scope(self) -> Scope:
        """Return what the plan looks at; raises ConfigurationError if the request makes no sense."""
        if self.resend == "interval" and self.interval is None:
            raise ConfigurationError(
                "parameter resend: interval needs a data interval, which only a backfill or scheduled run has; "
                "start a backfill, or write changed, refused or all"
            )
        if self.only is not None:
            return Scope(PropertyRange(numbers=self.only), self.resend, self.interval)
        try:
            chosen = PropertyRange.parse(self.properties) if self.properties.strip() else None
        except ValueError as error:
            raise ConfigurationError(f"parameter properties: {error}") from None
        return Scope(chosen, self.resend, self.interval)

    def is_whole(self) -> bool:
        """Whether the run looks at everything there is."""
        return self.only is None and not self.properties.strip()


@dataclass(frozen=True)
class RunState:
    """How the steps of one run find what they share: it goes through XCom, so it holds references and numbers only."""

    system: str
    group: str
    run: str
    folder: str
    token: int
    queried_at: str

    @property
    def key(self) -> RunKey:
        """The run's key in protocol and ledger."""
        return RunKey(self.system, self.group, f"{self.run}#{self.token}")

    @property
    def today(self) -> date:
        """The run's one calendar day, Europe/Berlin."""
        return berlin_day(datetime.fromisoformat(self.queried_at))

    def staging(self) -> Staging:
        """The run's folder, wherever this process finds the shared one."""
        return Staging(self.folder)

    def open(self) -> "Opened":
        """Return the run as this process works on it, under the settings as they were when it began (E59).

        Raises what `open_engine` raises, and RefusedError when the run's files are gone.
        """
        folder = self.staging()
        try:
            text = folder.path("settings.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            raise RefusedError(
                "this run's files are not there: they go when it ends, or this worker does not see what the others "
                "stage (SERVICEPORTAL_STAGING); clear the whole run, not single tasks of it, or trigger a new one"
            ) from None
        settings = SystemSettings.model_validate_json(text)
        engine = open_engine(settings.ixhaus_connection, settings.limits.database_seconds)
        lease = Lease(lease_name(self.system, self.group), self.run, self.token, settings.limits.lease_seconds)
        return Opened(self, settings, engine, lease, folder)


def lease_name(system: str, group: str) -> str:
    """Return the name of the lease that a group's run of a system needs."""
    return f"{system}/{group}"


@dataclass(frozen=True)
class Opened:
    """A run as one task works on it: made once per task and handed on, so that settings are parsed, a database is
    opened and a lease is kept once.
    """

    state: RunState
    settings: SystemSettings
    engine: Engine
    lease: Lease
    folder: Staging

    @property
    def system(self) -> str:
        """Production or test."""
        return self.state.system

    @property
    def key(self) -> RunKey:
        """The run's key in protocol and ledger."""
        return self.state.key

    @property
    def today(self) -> date:
        """The run's one calendar day, Europe/Berlin."""
        return self.state.today

    @cached_property
    def secret(self) -> bytes:
        """What keys the hashes of the system's ledger and inbox; raises SecretLostError."""
        return secret_of(self.engine, self.system)

    def kept(self) -> AbstractContextManager[None]:
        """Keep the lease while the block runs; raises LeaseLostError at its end if it was lost."""
        return self.lease.kept_alive(self.engine)


@dataclass(frozen=True)
class Extract:
    """Which rows to read; empty for all. A run about a few properties reads only theirs: what a change costs does not
    grow with what is unchanged.

    views: view → condition on its rows; a view without one is read as a whole
    known: condition on the ledger's rows
    """

    views: Mapping[str, ColumnElement[bool]] = field(default_factory=dict)
    known: ColumnElement[bool] | None = None
