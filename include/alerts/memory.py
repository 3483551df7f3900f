"""What has been told of: an Airflow variable per system, as it must be there when iX-Haus is not."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Protocol

from airflow.sdk import Variable


class Store(Protocol):
    """Where a text is kept for each system."""

    def read(self, system: str) -> str:
        """Return the text, "" if there is none."""

    def write(self, system: str, text: str) -> None:
        """Keep the text in place of what was there."""


class Variables:
    """Airflow's variables casavi_alerts_production and casavi_alerts_test."""

    def read(self, system: str) -> str:
        """Return the text, "" if Airflow has none or cannot read it any more."""
        return Variable.get(f"casavi_alerts_{system}", default=None) or ""

    def write(self, system: str, text: str) -> None:
        """Keep the text."""
        about = "What casavi_alerts has told of, see include/alerts/memory.py"
        Variable.set(f"casavi_alerts_{system}", text, description=about)


@dataclass
class Standing:
    """A state that stands: since when, and which ways out believe it does, as they were told so and not that it is
    over.
    """

    since: str
    told: list[str] = field(default_factory=list)


@dataclass
class Memory:
    """What was told of one system; `watched_since`: when somebody began to look."""

    system: str
    store: Store
    watched_since: datetime
    standing: dict[str, Standing] = field(default_factory=dict)

    def keep(self) -> None:
        """Write it down."""
        standing = {key: asdict(one) for key, one in self.standing.items()}
        kept = {"watched_since": self.watched_since.isoformat(), "standing": standing}
        self.store.write(self.system, json.dumps(kept))


def recall(store: Store, system: str, now: datetime) -> Memory:
    """Return what was told of a system; where nothing is known, somebody begins to look now."""
    kept = json.loads(store.read(system) or "{}")
    standing = {key: Standing(**one) for key, one in kept.get("standing", {}).items()}
    since = datetime.fromisoformat(kept["watched_since"]) if kept else now
    return Memory(system, store, since, standing)


def forget(store: Store, system: str) -> None:
    """Forget what was told of a system that is switched off."""
    if store.read(system):
        store.write(system, "")
