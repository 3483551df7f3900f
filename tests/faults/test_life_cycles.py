"""What happens to one person over several runs, as the portal sees it."""

from dataclasses import replace

import pytest

from tests.faults.harness import Row, Tenant, World, tenants


def contact(world: World, tenant: Tenant) -> Row | None:
    return world.portal("contacts").get(tenant.contact_id)


@pytest.fixture
def person(world: World) -> Tenant:
    """Somebody with access to the portal, beside somebody else."""
    person, neighbour = tenants(2)
    world.settle(person, neighbour)
    return person


@pytest.mark.rule("E9", "R17")
@pytest.mark.parametrize("put_omitted", ["clear", "keep"])
def test_a_person_type_is_withdrawn_and_released_again(world: World, person: Tenant, put_omitted: str) -> None:
    world.sandbox.behave(put_omitted=put_omitted)
    other = replace(person, type="Interessent")
    world.put(other)
    world.heal()
    found = contact(world, person)
    assert found is not None
    assert (found["portalUser"], found["email"], found["telephone"], found["street"]) == (False, None, None, None)
    assert found["lastName"] == "Kanari 1"
    assert world.ledger(person.contact_id)["state"] == "restricted"

    world.put(person)
    world.heal()
    found = contact(world, person)
    assert found is not None
    assert (found["portalUser"], found["email"]) == (True, "kanari1@example.org")
    world.assert_idle()


@pytest.mark.rule("E4", "R19", "R20")
@pytest.mark.parametrize("put_archived", ["revive", "not_found"])
def test_a_contract_that_had_ended_is_prolonged(world: World, person: Tenant, put_archived: str) -> None:
    world.sandbox.behave(put_archived=put_archived, post_archived="revive")
    world.put(replace(person, end=-1))
    assert world.heal().counts("removed", "created", "updated") == (2, 0, 0)
    assert contact(world, person) is None

    world.put(replace(person, end=300))
    world.heal()
    assert contact(world, person) is not None
    world.assert_idle()


@pytest.mark.rule("O23", "E12", "R21")
def test_a_person_anonymised_after_removal_is_not_made_again(world: World, person: Tenant) -> None:
    gone = replace(person, end=-1)
    world.put(gone)
    world.heal()
    overwritten = {"first_name": "anonymisiert", "last_name": "anonymisiert", "anonymised_at": "2026-01-01 00:00:00"}
    world.put(replace(gone, person=overwritten))
    assert world.run().requests == []
    world.put(replace(person, person=overwritten))  # even if a contract comes to life again
    ran = world.run()
    assert (ran.status, ran.requests) == ("ok", [])
    assert contact(world, person) is None


@pytest.mark.rule("E12", "R21")
@pytest.mark.parametrize("put_omitted", ["clear", "keep"])
def test_a_person_anonymised_in_the_portal_loses_its_data(world: World, person: Tenant, put_omitted: str) -> None:
    world.sandbox.behave(put_omitted=put_omitted)
    word = dict.fromkeys(("first_name", "last_name", "street", "city", "email"), "anonymisiert")
    world.put(replace(person, person=word))
    assert world.run().status == "ok"
    found = contact(world, person)
    assert found is not None
    assert (found["lastName"], found["email"], found["street"], found["city"]) == ("anonymisiert", None, None, None)


@pytest.mark.rule("E11", "R15")
def test_a_property_is_withdrawn_and_released_again(world: World, person: Tenant) -> None:
    contacts = set(world.portal("contacts"))
    world.configure(properties="200")
    for group in ("persons", "objects"):
        assert world.run(group).status == "ok"
    assert [world.portal(kind) for kind in ("properties", "units", "contacts", "contracts")] == [{}, {}, {}, {}]
    removed = [(one["path"].split("/")[1], one["method"]) for one in world.sandbox.requests() if one["body_id"] is None]
    kinds = [kind for kind, method in removed if method == "DELETE"]
    assert kinds == sorted(kinds, key=["contracts", "contacts", "units", "properties"].index)  # children first

    world.configure(properties="100")
    assert world.run("objects").status == "ok"
    world.heal()
    assert set(world.portal("contacts")) == contacts
    assert world.portal("properties").keys() == {"100"}


@pytest.mark.rule("R2")
def test_what_was_changed_in_the_portal_by_hand_is_overwritten(world: World, person: Tenant) -> None:
    world.sandbox.edit("contacts", person.contact_id, lastName="Von Hand", email="hand@example.org")
    assert world.run().requests == []  # nothing is read back
    world.sql("UPDATE SP_ABGLEICH SET PRUEFSUMME = NULL WHERE SCHLUESSEL = ?", person.contact_id)  # somebody has looked
    ran = world.run()
    assert (ran.status, ran.xcom["updated"]) == ("ok", 1)
    world.assert_mirrors()


@pytest.mark.rule("R2")
def test_what_the_portal_keeps_for_itself_survives_an_update_that_would_clear_it(world: World, person: Tenant) -> None:
    world.configure(portal={"omitted_field": "cleared"})
    own = {"Notiz": "Schlüssel beim Hausmeister"}
    for kind, external_id in (("contacts", person.contact_id), ("units", "100/1"), ("properties", "100")):
        world.sandbox.edit(kind, external_id, customFields=own)
    world.put(person.renamed("Kanari neu"))
    for group in ("objects", "persons"):
        assert world.run(group, resend="all").status == "ok"
    world.assert_mirrors()
    kept = [world.portal(kind) for kind in ("contacts", "units", "properties")]
    assert [
        found[name]["customFields"] for found, name in zip(kept, (person.contact_id, "100/1", "100"), strict=True)
    ] == [own] * 3
    (other,) = (fields for name, fields in world.portal("contacts").items() if name != person.contact_id)
    assert not other.get("customFields")


@pytest.mark.parametrize(("omitted_field", "methods"), [("cleared", ["GET", "PUT"]), ("stays", ["PUT"])])
def test_a_portal_that_leaves_what_is_left_out_is_not_asked_for_it(
    world: World, person: Tenant, omitted_field: str, methods: list[str]
) -> None:
    world.configure(portal={"omitted_field": omitted_field})
    world.put(person.renamed("Kanari neu"))
    assert [one["method"] for one in world.run().requests] == methods


@pytest.mark.rule("R24")
def test_a_new_name_and_address_keep_the_contact(world: World, person: Tenant) -> None:
    (before,) = (one for one in world.sandbox.state("contacts") if one["id"] == person.contact_id)
    world.put(replace(person, person={"last_name": "Kanari-Neu", "email": "kanari-neu@example.org"}))
    world.heal()
    (after,) = (one for one in world.sandbox.state("contacts") if one["id"] == person.contact_id)
    assert (after["internalId"], after["createdAt"]) == (before["internalId"], before["createdAt"])


@pytest.mark.rule("R18")
def test_access_opens_with_the_contract_and_closes_after_it(world: World) -> None:
    early, current, late = Tenant(1, begin=1), Tenant(2, end=0), Tenant(3, end=-1)
    world.move_in(early, current, late)
    world.heal()
    assert set(world.portal("contacts")) == {current.contact_id}
    world.assert_idle()
