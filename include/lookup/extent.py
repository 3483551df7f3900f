"""How much the settings of a system take in right now, and how much of it the portal holds."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

import pandas as pd
from pandas import DataFrame, Series
from sqlalchemy import Connection, Engine, func, select

from include.ixhaus.contract import VIEWS
from include.ixhaus.contract.own import SP_ABGLEICH
from include.ixhaus.database import read_snapshot
from include.rules.reports.sources import TEAM_LICENCE, of_released_team
from include.rules.values import cleaned, is_released
from include.settings import SystemSettings
from include.vocabulary.state import HELD

_VIEWS: Final = {
    "properties": ("SP_OBJEKT", ()),
    "units": ("SP_EINHEIT", ()),
    "persons": ("SP_PERSON", ()),
    "documents": ("SP_DOKUMENT", ("document_type", "storage")),
    "reports": ("SP_MELDUNG", ("team_nr",)),
}
"""Kind → view, and the columns besides the property's number that say whether it is in scope."""
_HELD_AS: Final = {
    "property": "properties", "unit": "units", "contact": "persons", "document": "documents",
    "ticket": "reports", "post": "reports",
}  # fmt: skip


class Extent(NamedTuple):
    """Numbers of one kind: properties, units, persons, documents, reports.

    in_ixhaus: all there are
    in_scope:  those the settings take in: of a property in the object range; documents also of a released type (those
               in DocuWare even without a number, which may stand in its fields), reports also of a released team.
               Contract, age and recipient decide as well whether each of them is sent
    in_portal: those the portal has acknowledged and that were not removed; partners and caretakers count as persons,
               house notices as reports
    """

    kind: str
    in_ixhaus: int
    in_scope: int
    in_portal: int


def extents(engine: Engine, settings: SystemSettings, licences: Collection[str]) -> list[Extent]:
    """Count every kind, all as of one moment and without reading a single record.

    licences: names of the active ones; without the one for teams there is no choice of them (R12)
    """
    chosen = settings.user_teams if TEAM_LICENCE in licences else ()
    with read_snapshot(engine) as connection:
        held = _held(connection, settings.system)
        team = VIEWS["SP_TEAM"].c
        teams = _frame(connection.execute(select(team.team_nr, team.name)).all(), ["team_nr", "name"])
        counted = {kind: _counted(connection, *view) for kind, view in _VIEWS.items()}
    return [
        Extent(
            kind,
            int(groups["number"].sum()),
            int(groups["number"][_in_scope(groups, teams, settings, chosen)].sum()),
            held[kind],
        )
        for kind, groups in counted.items()
    ]


def _counted(connection: Connection, view: str, others: tuple[str, ...]) -> DataFrame:
    """Return the number of rows per property and other columns."""
    names = ["property_nr", *others]
    columns = [VIEWS[view].c[name] for name in names]
    rows = connection.execute(select(*columns, func.count()).group_by(*columns)).all()
    groups = _frame([row[:-1] for row in rows], names)
    return cleaned(groups, names).assign(number=pd.array([row[-1] for row in rows], dtype="int64"))


def _frame(rows: Sequence[Sequence[str | None]], names: list[str]) -> DataFrame:
    return DataFrame([tuple(row) for row in rows], columns=names, dtype="str")


def _in_scope(groups: DataFrame, teams: DataFrame, settings: SystemSettings, chosen: Sequence[str]) -> "Series[bool]":
    in_range = is_released(groups["property_nr"], settings)
    if "document_type" in groups:
        types = (*settings.document_types, *settings.document_types_without_time_filter)
        in_docuware = groups["property_nr"].isna() & (groups["storage"] == "DOCUWARE")
        return (in_range | in_docuware) & groups["document_type"].isin(types)
    if "team_nr" in groups:
        return in_range & of_released_team(groups["team_nr"], teams, chosen)
    return in_range


def _held(connection: Connection, system: str) -> Counter[str]:
    ledger = SP_ABGLEICH.c
    mine = (ledger.system == system) & ledger.state.in_(HELD) & ledger.record_type.in_(_HELD_AS)
    numbers: Counter[str] = Counter()
    for record_type, number in connection.execute(
        select(ledger.record_type, func.count()).where(mine).group_by(ledger.record_type)
    ):
        numbers[_HELD_AS[record_type]] += number
    return numbers
