"""What waits in each team that the settings choose, as the page Meldungen lists it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from include.ixhaus.database import read_snapshot
from include.lookup.listing import NONE, Wanted
from include.lookup.overview import overview
from include.lookup.teams import Team, read_teams
from include.settings import SystemSettings
from include.vocabulary.clock import berlin_day
from tests.lookup.conftest import Erp
from tests.lookup.test_answers import NOW, add_note, cross, local

TEAMS = ("Nord", "T2")


@pytest.fixture
def erp(erp: Erp) -> Erp:
    """Reports of tenants: of Nord (T1) three wait for us, one of them closed, one for the tenant; T2 has none that
    waits, T3 is not chosen; one of no team waits for us.
    """
    erp.sql("DELETE FROM SP_MELDUNG")
    erp.sql("DELETE FROM SP_TEAM")
    for number, name in (("T1 ", "Nord"), ("T2", "Süd"), ("T3", "West")):
        erp.sql("INSERT INTO SP_TEAM (TEAM_NR, BEZEICHNUNG) VALUES (?, ?)", number, name)
    reports = (("A", "T1"), ("B", "T1 "), ("C", "T1"), ("D", "T1"), ("E", "T3"), ("F", None))
    for number, team in reports:
        erp.sql(
            "INSERT INTO SP_MELDUNG (MELDUNG_NR, TEAM_NR, GEMELDET_AM, STATUS, HERKUNFT) "
            "VALUES (?, ?, ?, ?, 'PORTAL')",
            number, team, local(NOW - timedelta(hours=9)), "Abgeschlossen" if number == "C" else "Neu",
        )  # fmt: skip
    add_note(erp, "N-D", NOW, None, report="D")
    cross(erp, "N-D", NOW)
    return erp


def teams(engine: Engine, settings: SystemSettings, *chosen: str) -> list[Team]:
    with read_snapshot(engine) as connection:
        return read_teams(connection, settings.model_copy(update={"user_teams": chosen}), berlin_day(NOW))


def set_aside(erp: Erp, ticket: str, report: str | None, kind: str = "ticket") -> None:
    erp.sql(
        "INSERT INTO SP_EINGANG (SYSTEM, ART, PORTAL_ID, IXHAUS_ID, GRUND) VALUES ('production', ?, ?, ?, ?)",
        kind, ticket, report, "COMMENTS_UNREADABLE",
    )  # fmt: skip


@pytest.mark.rule("R37", "R1")
def test_each_chosen_team_is_counted_by_whom_its_reports_wait_for(
    engine: Engine, erp: Erp, settings: SystemSettings
) -> None:
    nord, south, without = Team("T1", "Nord", 2, 1, 0), Team("T2", "Süd", 0, 0, 0), Team(NONE, "", 1, 0, 0)
    assert teams(engine, settings, *TEAMS) == [nord, south, without]
    erp.sql("UPDATE SP_MELDUNG SET TEAM_NR = 'T3' WHERE TEAM_NR IS NULL")
    assert teams(engine, settings, *TEAMS) == [nord, south]
    assert teams(engine, settings, "Ost") == []


@pytest.mark.rule("R58")
def test_reports_of_which_something_was_not_taken_over_are_counted_once(
    engine: Engine, erp: Erp, settings: SystemSettings
) -> None:
    for ticket, report in (("K1", "A"), ("K2", "A"), ("K3", "B"), ("K4", "E"), ("K5", None)):
        set_aside(erp, ticket, report)
    set_aside(erp, "K6", "D", kind="comment")
    assert [one.lacking for one in teams(engine, settings, *TEAMS)] == [2, 0, 0]


def test_each_number_is_that_of_the_list_it_leads_to(engine: Engine, erp: Erp, settings: SystemSettings) -> None:
    set_aside(erp, "K1", "A")

    def listed(team: Team, **wanted: Any) -> int:
        return overview(engine, settings, Wanted(team=team.number, **wanted), NOW).total

    for one in teams(engine, settings, *TEAMS):
        found = Team(
            one.number, one.name, listed(one, waits_for="us"), listed(one, waits_for="tenant"),
            listed(one, is_lacking=True),
        )  # fmt: skip
        assert found == one


@pytest.mark.rule("R12")
def test_without_a_choice_or_the_licence_for_it_there_are_no_teams(
    engine: Engine, erp: Erp, settings: SystemSettings
) -> None:
    assert teams(engine, settings) == []
    erp.sql("UPDATE SP_LIZENZ SET GUELTIG_BIS = ? WHERE LIZENZ = 'Komfortpaket'", f"{berlin_day(NOW)}")
    assert teams(engine, settings, *TEAMS) != []
    erp.sql("UPDATE SP_LIZENZ SET AKTIV = 'N' WHERE LIZENZ = 'Komfortpaket'")
    assert teams(engine, settings, *TEAMS) == []
