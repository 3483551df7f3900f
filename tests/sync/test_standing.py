"""A warning that stands is said once, not in every run."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from include.sync.protocol import Entry, RunKey, add_standing
from include.vocabulary.state import Level

NOW = datetime(2026, 11, 1, 10, tzinfo=UTC)
EMAIL, ADDRESS = (Entry("contact", "P1", Level.WARNING, reason) for reason in ("EMAIL_SHARED", "STREET_MISSING"))
OTHER = Entry("contact", "P2", Level.WARNING, "EMAIL_SHARED")


def said(engine: Engine, run: str, *warnings: Entry, is_whole: bool = True, group: str = "persons") -> list[str]:
    """What a run writes into the protocol of the warnings that stand in it."""
    with engine.begin() as connection:
        add_standing(connection, RunKey("production", group, run), warnings, NOW, is_whole=is_whole)
    query = text("SELECT SCHLUESSEL, GRUND FROM SP_PROTOKOLL_EINTRAG WHERE LAUF = :run ORDER BY 1, 2")
    with engine.connect() as connection:
        return [" ".join(row) for row in connection.execute(query, {"run": run})]


@pytest.mark.rule("R51")
def test_a_warning_is_said_when_it_begins_and_not_again(engine: Engine) -> None:
    assert said(engine, "1", EMAIL) == ["P1 EMAIL_SHARED"]
    assert said(engine, "2", EMAIL) == []
    assert said(engine, "3", EMAIL, ADDRESS, OTHER) == ["P1 STREET_MISSING", "P2 EMAIL_SHARED"]


@pytest.mark.rule("R51")
def test_a_warning_that_went_and_comes_back_is_said_again(engine: Engine) -> None:
    said(engine, "1", EMAIL, OTHER)
    assert said(engine, "2", OTHER) == []
    assert said(engine, "3", EMAIL, OTHER) == ["P1 EMAIL_SHARED"]


@pytest.mark.rule("R51")
def test_a_run_over_a_few_properties_forgets_nothing_of_the_others(engine: Engine) -> None:
    said(engine, "1", EMAIL, OTHER)
    assert said(engine, "2", OTHER, is_whole=False) == []
    assert said(engine, "3", EMAIL, OTHER) == []


def test_groups_do_not_know_each_others_warnings(engine: Engine) -> None:
    said(engine, "1", EMAIL)
    assert said(engine, "2", EMAIL, group="owners_caretakers") == ["P1 EMAIL_SHARED"]
    assert said(engine, "3", EMAIL) == []
