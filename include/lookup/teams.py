"""What waits in each of the teams that the settings choose, where the licence lets them choose (R12, R37)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pandas import DataFrame
from sqlalchemy import Connection

from include.ixhaus.activation import read_activation
from include.ixhaus.rows import named_rows
from include.lookup.listing import NONE, team_counts_query, teams_query
from include.rules.reports.sources import TEAM_LICENCE, closed_statuses, of_released_team
from include.rules.values import cleaned
from include.settings import SystemSettings


@dataclass(frozen=True)
class Team:
    """How many reports of a team wait for us and for the tenant, and of how many something could not be taken over.

    number: as the page Meldungen filters by it; listing.NONE for the reports of no team, which has no name
    """

    number: str
    name: str
    us: int
    tenant: int
    lacking: int


def read_teams(connection: Connection, settings: SystemSettings, today: date) -> list[Team]:
    """Return the chosen teams by name, behind them the reports of no team if anything waits there; none where the
    settings choose none, or without the licence.
    """
    if not settings.user_teams or not _is_licensed(connection, today):
        return []
    names = _chosen(connection, settings.user_teams)
    query = team_counts_query(settings.system, closed_statuses(settings), list(names))
    counts = {row["team"]: row for row in named_rows(connection, query)}
    teams = [_team(number, name, counts.get(number, {})) for number, name in names.items()]
    without = _team(NONE, "", counts.get(NONE, {}))
    return [*teams, without] if without.us or without.tenant or without.lacking else teams


def _is_licensed(connection: Connection, today: date) -> bool:
    licences = read_activation(connection, today).licences
    return any(one.name == TEAM_LICENCE and one.is_active for one in licences)


def _chosen(connection: Connection, chosen: Sequence[str]) -> dict[str, str]:
    """Return number → name of the chosen teams, by name."""
    rows = [tuple(row) for row in connection.execute(teams_query())]
    teams = cleaned(DataFrame(rows, columns=["team_nr", "name"], dtype="str"), ["team_nr", "name"])
    teams = teams[of_released_team(teams["team_nr"], teams, chosen) & teams["team_nr"].notna()]
    return dict(zip(teams["team_nr"], teams["name"].fillna(teams["team_nr"]), strict=True))


def _team(number: str, name: str, counts: Mapping[str, int]) -> Team:
    us, tenant, lacking = (counts.get(column, 0) for column in ("us", "tenant", "lacking"))
    return Team(number, name, us, tenant, lacking)
