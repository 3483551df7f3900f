"""One look at a system: what stands, and who is told of it. It works whether or not the groups' DAGs do.

Two looks at once send nothing twice: Airflow runs one at a time, and the lease of the system's alerts lets one work,
wherever it was started, while iX-Haus answers.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from include.alerts.memory import Memory, Store, Variables, forget, recall
from include.alerts.notifiers import ways
from include.alerts.states import Look, State, standing
from include.alerts.telling import Teller
from include.ixhaus.activation import why_off
from include.ixhaus.database import open_engine
from include.ixhaus.faults import fault_of
from include.settings import ConfigurationError, SystemSettings, alerts_of, load_settings
from include.sync import steps
from include.sync.lease import LeaseHeldError, acquire
from include.sync.run import lease_name
from include.vocabulary.clock import berlin_day, utc_now
from include.vocabulary.sentences import in_both
from include.vocabulary.texts import Text

log = logging.getLogger(__name__)
SECONDS = 60.0
"""How long one question to the database may take, and how long a look that died holds up the next."""


def look(
    system: str, holder: str, clock: Callable[[], datetime] = utc_now, store: Store | None = None
) -> dict[str, int]:
    """Look at a system and tell what has changed; returns how many states stand, how many messages went out, and how
    many could not and are tried again.

    holder: by what the lease knows this look from others
    store:  where what was told of is kept; None: in Airflow's variables
    raises: ConfigurationError if the settings say nothing usable of whom to tell
    """
    desk = _Desk(alerts_of(system), clock(), Variables() if store is None else store)
    try:
        settings = load_settings(system)
    except ConfigurationError as mistake:
        return desk.tell([_of_system("settings", in_both(str(mistake)))])
    if not settings.active:
        forget(desk.store, system)
        return {}
    try:
        engine = open_engine(settings.ixhaus_connection, SECONDS)
        lease = acquire(engine, lease_name(system, "alerts"), holder, SECONDS)
    except LeaseHeldError as other:
        log.warning("%s", other)
        return {}
    except Exception as error:
        return desk.tell([_unseen(error)])
    try:
        with lease.kept_alive(engine):
            found = _found(Look(settings, engine, desk.now, desk.memory().watched_since))
            return {} if found is None else desk.tell(found)
    finally:
        with suppress(Exception):  # of a database that is away; the next look finds the lease expired
            lease.release(engine)


class _Desk:
    """What a look needs to tell of a system, whatever it finds."""

    def __init__(self, settings: SystemSettings, now: datetime, store: Store) -> None:
        self.now, self.store = now, store
        self._settings, self._ways = settings, ways(settings)

    def memory(self) -> Memory:
        """Return what was told before."""
        return recall(self.store, self._settings.system, self.now)

    def tell(self, found: list[State]) -> dict[str, int]:
        """Tell what has changed."""
        teller = Teller(self._settings.alerts.language, self._ways, self.memory(), self.now)
        teller.tell(found)
        log.info("%s: stands: %s", self._settings.system, ", ".join(state.key for state in found) or "nothing")
        return {"standing": len(found), "told": teller.told, "unsent": teller.unsent}


def _found(seen: Look) -> list[State] | None:
    """Return what stands; None where iX-Haus itself has switched the interface off: nothing is due, and what stands
    still does.
    """
    try:
        return None if why_off(seen.engine, berlin_day(seen.now)) else standing(seen)
    except Exception as error:
        return [_unseen(error)]


def _unseen(error: Exception) -> State:
    """Return that nothing can be seen, for an error: its sentence, else no more than its kind."""
    log.warning("iX-Haus cannot be read: %s", steps.logged(error) or type(error).__name__)
    fault = fault_of(error)
    return _of_system("database", Text(fault.german, fault.english) if fault else in_both(steps.told(error)))


def _of_system(kind: str, reason: Text) -> State:
    return State(kind, places={"reason": reason})
