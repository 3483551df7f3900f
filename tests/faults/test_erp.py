"""The ERP cannot be read, or says suspiciously little: nothing is sent, or at least nothing is removed."""

from dataclasses import replace

import pytest

from include.vocabulary.sentences import in_language
from tests.faults.harness import Ran, Tenant, World, tenants
from tests.faults.questions import question


def fewer(world: World, view: str, condition: str) -> None:
    """Let a view show only some of its rows."""
    world.sql(f"ALTER TABLE {view} RENAME TO {view}_ALL")
    world.sql(f"CREATE VIEW {view} AS SELECT * FROM {view}_ALL WHERE {condition}")


def whole(world: World, view: str) -> None:
    world.sql(f"DROP VIEW {view}")
    world.sql(f"ALTER TABLE {view}_ALL RENAME TO {view}")


def deletes(ran: Ran) -> list[str]:
    return [one["path"] for one in ran.requests if one["method"] == "DELETE"]


def assert_stopped_before_anything(world: World, ran: Ran, *says: str) -> None:
    assert (ran.status, ran.failed, ran.requests, ran.logins) == ("failed", ["extract"], [], 0)
    for words in says:
        assert words in ran.why
    assert not world.is_leased()
    assert (row := world.protocol()[0])["status"] == "failed"
    assert all(words in in_language(row["reason"], "en") for words in says)


def test_a_read_that_breaks_half_way_sends_nothing(world: World) -> None:
    """The second half of the rows cannot be computed, as when the database ends a long query."""
    world.settle(*tenants(10))
    broken = "CASE WHEN rowid > 5 THEN json('broken') ELSE 1 END"
    fewer(world, "SP_VERTRAG", broken)

    ran = world.run()

    assert_stopped_before_anything(world, ran)
    assert "SQLITE_ERROR" in str(world.protocol()[0]["reason"])
    whole(world, "SP_VERTRAG")
    world.heal()


def test_a_view_that_disappears_stops_the_run(world: World) -> None:
    world.settle(*tenants(3))
    world.sql("ALTER TABLE SP_PERSON RENAME TO SP_PERSON_ALL")
    assert_stopped_before_anything(world, world.run(), "SP_PERSON: this view of the interface contract is missing")
    world.sql("ALTER TABLE SP_PERSON_ALL RENAME TO SP_PERSON")
    world.heal()


def test_a_column_that_disappears_stops_the_run(world: World) -> None:
    world.settle(*tenants(3))
    world.sql("ALTER TABLE SP_PERSON RENAME COLUMN NACHNAME TO NAME")
    assert_stopped_before_anything(world, world.run(), "SP_PERSON", "NACHNAME")
    world.sql("ALTER TABLE SP_PERSON RENAME COLUMN NAME TO NACHNAME")
    world.heal()


@pytest.mark.rule("R24")
def test_a_key_that_occurs_twice_is_its_records_problem(world: World) -> None:
    stays, doubled, changes = tenants(3)
    world.settle(stays, doubled, changes)
    world.insert("SP_PERSON", person_key=doubled.contact_id, property_nr="100", person_type="Mieter",
                 last_name="Kanari B")  # fmt: skip
    world.put(changes.renamed("Kanari neu"))
    ran = world.run()
    assert (ran.status, ran.counts("updated", "removed")) == ("ok", (1, 0)), ran.why
    assert ran.named("invalid") == {doubled.contact_id: ("NOT_UNIQUE", None)}
    assert doubled.contact_id in world.portal("contacts")
    world.sql("DELETE FROM SP_PERSON WHERE NACHNAME = 'Kanari B'")
    world.heal()


@pytest.mark.rule("R16", "R20")
def test_a_flag_that_is_neither_j_nor_n_stops_the_run(world: World) -> None:
    """A child whose flag nobody can read must not become a portal user; who is there stays."""
    world.settle(*tenants(3))
    world.insert("SP_PARTNER", partner_nr="P9", last_name="Kanari", is_minor="j")
    sentence = "SP_PARTNER.MINDERJAEHRIG: some values are not J or N; convert them in the view."
    assert_stopped_before_anything(world, world.run(), sentence)
    german = "SP_PARTNER.MINDERJAEHRIG: manche Werte sind weder J noch N; in der Sicht umwandeln."
    assert world.protocol()[0]["reason"] == german
    world.sql("UPDATE SP_PARTNER SET MINDERJAEHRIG = 'J ' WHERE PARTNER_NR = 'P9'")
    world.heal()


@pytest.mark.rule("E36")
@pytest.mark.parametrize("key", [None, ""])
def test_rows_without_a_key_are_left_out_and_what_would_leave_waits(world: World, key: str | None) -> None:
    """Any record may be the one that has lost its key; everything else goes on."""
    loses, changes, comes = tenants(3)
    world.settle(loses, changes, replace(comes, begin=1))
    world.sql("UPDATE SP_VERTRAG SET VERTRAG_NR = ? WHERE VERTRAG_NR = ?", key, loses.contract_id)
    world.put(changes.renamed("Kanari neu"), comes)
    ran = world.run()
    assert (ran.status, deletes(ran), ran.counts("updated")) == ("ok", [], (1,)), ran.why
    assert ran.named("warning") == {"SP_VERTRAG": ("ROWS_WITHOUT_KEY", None)}
    assert comes.contact_id in world.portal("contacts")
    assert question(world)["cause"] == "SP_VERTRAG: 2 von 3 Zeilen, dazu 1 ohne Schlüssel"
    world.sql("UPDATE SP_VERTRAG SET VERTRAG_NR = ? WHERE VERTRAG_NR IS NULL OR VERTRAG_NR = ''", loses.contract_id)
    world.heal()


@pytest.mark.parametrize("view", ["SP_PERSON", "SP_VERTRAG"])
def test_a_view_that_returns_nothing_removes_nobody(world: World, view: str) -> None:
    world.settle(*tenants(5))
    fewer(world, view, "1 = 0")
    ran = world.run()
    assert deletes(ran) == []
    assert set(world.portal("contacts")) == {tenant.contact_id for tenant in tenants(5)}
    assert {reason for reason, _ in ran.named("guarded").values()} == {"SOURCE_SHRUNK"}
    assert question(world)["cause"] == f"{view}: 0 von 5 Zeilen"
    whole(world, view)
    world.heal()


def test_all_keys_written_differently_remove_nobody(world: World) -> None:
    """A release of iX-Haus that formats its keys anew makes everybody new and everybody gone."""
    world.settle(*tenants(5))
    world.configure(guard={"max_percent": 10})
    before = set(world.portal("contacts"))
    world.sql("UPDATE SP_PERSON SET PERSON_SCHLUESSEL = 'N-' || PERSON_SCHLUESSEL")
    world.sql("UPDATE SP_VERTRAG SET PERSON_SCHLUESSEL = 'N-' || PERSON_SCHLUESSEL")
    ran = world.run()
    assert deletes(ran) == []
    assert before < set(world.portal("contacts"))
    assert set(ran.named("guarded")) == before


@pytest.mark.rule("R20")
def test_a_view_with_much_less_waits_for_approval_while_everything_else_flows(world: World) -> None:
    world.settle(stay := Tenant(1), *tenants(9, first=2))
    world.configure(guard={"max_percent": 10})
    fewer(world, "SP_VERTRAG", "CAST(substr(VERTRAG_NR, 2) AS INTEGER) <= 8")
    world.sql("UPDATE SP_PERSON SET NACHNAME = 'Kanari neu' WHERE PERSON_SCHLUESSEL = ?", stay.contact_id)

    ran = world.run()

    assert (ran.status, deletes(ran), ran.xcom["updated"]) == ("ok", [], 1)
    gone = {external_id for tenant in tenants(2, first=9) for external_id in (tenant.contact_id, tenant.contract_id)}
    assert ran.named("guarded") == dict.fromkeys(gone, ("REMOVAL_GUARD", None))
    assert ran.xcom["withheld"] == len(gone)
    asked = question(world)
    assert ran.progress.returned["plan"]["approval"] == asked["approval"]
    assert asked["cause"] == "contact: 2 von 10\ncontract: 2 von 10"
    assert {external_id for _, external_id in asked["items"]} == gone
    assert len(world.portal("contacts")) == len(world.portal("contracts")) == 10


@pytest.mark.parametrize(("percent", "count", "is_held_back"), [(10, 200, False), (9, 200, True), (100, 0, True)])
def test_the_guard_lets_single_removals_pass(world: World, percent: float, count: int, is_held_back: bool) -> None:
    world.settle(*tenants(10))
    world.configure(guard={"max_percent": percent, "max_count": count})
    world.drop(10)
    assert (deletes(world.run()) == []) is is_held_back


def test_a_withdrawn_person_type_is_guarded_like_a_removal(world: World) -> None:
    world.settle(*tenants(5))
    world.configure(guard={"max_percent": 10}, person_types=["Eigentümer"])
    ran = world.run()
    assert ran.requests == []
    assert all(contact["portalUser"] for contact in world.portal("contacts").values())


def test_a_database_that_cannot_be_opened_sends_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.settle(*tenants(2))
    with monkeypatch.context() as patched:
        patched.setenv("AIRFLOW_CONN_IXHAUS_PRODUCTION", '{"conn_type": "sqlite", "host": "/nowhere/ixhaus.db"}')
        ran = world.run()
    assert (ran.status, ran.failed, ran.requests) == ("failed", ["extract"], [])
    world.heal()


def test_a_ledger_that_cannot_be_written_ends_the_load(world: World) -> None:
    """Nobody goes on sending what cannot be remembered."""
    world.move_in(*tenants(20))
    world.sql(
        "CREATE TRIGGER full AFTER UPDATE ON SP_ABGLEICH WHEN new.SCHLUESSEL = '100.12.1' AND new.ERGEBNIS = 'OK' "
        "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    )
    ran = world.run()
    assert (ran.status, ran.failed) == ("failed", ["send_contact.0"])
    assert len(ran.requests) <= 12
    world.assert_no_duplicates()
    world.sql("DROP TRIGGER full")
    world.sandbox.behave(post_existing="duplicate")
    world.heal()
