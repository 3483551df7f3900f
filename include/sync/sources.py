"""How many rows the views of a group returned, now and in the last good whole run: one that returns nothing, or much
less, is a fault until a person says that it is none. So is one with rows of which nobody can say what they are.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select

from include.ixhaus.contract import FRAMES, VIEWS
from include.ixhaus.database import read_snapshot
from include.ixhaus.read import keyless_rows, metadata_of
from include.sync import marks
from include.sync.group import Group
from include.sync.run import Opened

_NOTED: Final = "sources.json"
"""What a plan leaves in the run's folder for its end: view → rows to remember."""


@dataclass(frozen=True)
class Source:
    """A view, how many rows it has, and how many it had in the last good whole run (None: there was none)."""

    view: str
    rows: int
    before: int | None
    keyless: int = 0
    """How many rows were left out as they have no key."""

    def __str__(self) -> str:
        said = f"{self.view}: {self.rows} {'' if self.before is None else f'von {self.before} '}Zeilen"
        return f"{said}, dazu {self.keyless} ohne Schlüssel" if self.keyless else said

    def is_shrunk(self, percent: float) -> bool:
        """Whether it returned nothing, or less than this share of what it had; a view that never had rows has not. One
        that has rows without a key may lack any of them.
        """
        if self.keyless:
            return True
        if not self.rows:
            return self.before != 0
        return self.rows * 100 < percent * (self.before or 0)


def sources_of(group: Group, run: Opened, *, is_extract: bool) -> list[Source]:
    """Return a group's views with their rows.

    is_extract: whether the run has read some of the rows only; they are counted in the database then
    """
    with read_snapshot(run.engine) as connection:
        before = _remembered(connection, run.system, group.name)
        counted = _counted(connection, group) if is_extract else _read(group, run)
    folder = run.folder.path("views")
    return [Source(view, counted[view], before.get(view), keyless_rows(folder, FRAMES[view])) for view in group.views]


def note(run: Opened, rows: Mapping[str, int]) -> None:
    """Leave for the end of the run what is then to be remembered: view → rows."""
    run.folder.path(_NOTED).write_text(json.dumps(rows), encoding="utf-8")


def remember(run: Opened) -> None:
    """Remember how many rows the views had, as this run's plan has noted it; it must have been a good one.

    Raises LeaseLostError if another run works already, which will remember its own numbers.
    """
    noted = run.folder.path(_NOTED)
    if not noted.exists():  # it has not looked at everything
        return
    rows: dict[str, int] = json.loads(noted.read_text(encoding="utf-8"))
    prefix = _prefix(run.state.group)
    with run.engine.begin() as connection:
        run.lease.confirm(connection)
        before = _remembered(connection, run.system, run.state.group)
        for view in (view for view, number in rows.items() if before.get(view) != number):
            marks.write(connection, run.system, f"{prefix}{view}", str(rows[view]))


def _prefix(group: str) -> str:
    return f"rows/{group}/"


def _remembered(connection: Connection, system: str, group: str) -> dict[str, int]:
    return {view: int(rows) for view, rows in marks.read_all(connection, system, _prefix(group)).items()}


def _read(group: Group, run: Opened) -> dict[str, int]:
    folder = run.folder.path("views")
    return {view: metadata_of(folder, FRAMES[view]).num_rows for view in group.views}


def _counted(connection: Connection, group: Group) -> dict[str, int]:
    queries = {view: select(func.count()).select_from(VIEWS[view]) for view in group.views}
    return {view: connection.execute(query).scalar_one() for view, query in queries.items()}
