"""Each open question about the portal is a switch, and each answer can be told apart."""

from typing import Any

import pytest

from demo.portal.behaviour import Behaviour, Effect, Held, effect_of_post, effect_of_put
from include.settings import PortalAnswers
from tests.demo.portal.building import build_house
from tests.sandbox import ANSWERS, PortalUser, SandboxProcess


def names(sandbox: SandboxProcess) -> list[tuple[str, bool, int]]:
    """Last name, archived and revision of every contact there is."""
    return [(one["fields"].get("lastName"), one["archived"], one["revision"]) for one in sandbox.state("contacts")]


@pytest.mark.parametrize(
    ("answer", "status", "afterwards"),
    [
        ("conflict", 409, [("old", False, 1)]),
        ("update", 200, [("new", False, 2)]),
        ("duplicate", 201, [("old", False, 1), ("new", False, 1)]),
    ],
)
def test_post_on_an_id_that_is_taken(
    sandbox: SandboxProcess, user: PortalUser, answer: str, status: int, afterwards: list[Any]
) -> None:
    sandbox.behave(post_existing=answer)
    user.post("contacts", id="P-1", lastName="old")
    assert user.post("contacts", id="P-1", lastName="new").status == status
    assert names(sandbox) == afterwards


def test_a_duplicate_shows(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.behave(post_existing="duplicate")
    user.post("contacts", id="P-1")
    user.post("contacts", id="P-2")
    user.post("contacts", id="P-2")
    assert sandbox.counts()["contacts"] == {"live": 3, "archived": 0, "duplicates": 1}
    assert sandbox.send("GET", "/_sandbox/state/contacts").json["per_id"] == {"P-1": 1, "P-2": 2}
    assert len(user.listed("contacts")) == 3


@pytest.mark.parametrize(
    ("answer", "status", "afterwards"),
    [
        ("conflict", 409, [("old", True, 2)]),
        ("revive", 201, [("new", False, 3)]),
        ("free", 201, [("old", True, 2), ("new", False, 1)]),
    ],
)
def test_post_on_an_archived_id(
    sandbox: SandboxProcess, user: PortalUser, answer: str, status: int, afterwards: list[Any]
) -> None:
    sandbox.behave(post_archived=answer)
    user.post("contacts", id="P-1", lastName="old")
    user.archive("contacts", "P-1")
    assert user.post("contacts", id="P-1", lastName="new").status == status
    assert names(sandbox) == afterwards


@pytest.mark.parametrize(
    ("answer", "status", "afterwards"), [("not_found", 404, []), ("upsert", 201, [("new", False, 1)])]
)
def test_put_on_an_unknown_id(
    sandbox: SandboxProcess, user: PortalUser, answer: str, status: int, afterwards: list[Any]
) -> None:
    sandbox.behave(put_unknown=answer)
    assert user.put("contacts", id="P-1", lastName="new").status == status
    assert names(sandbox) == afterwards


@pytest.mark.parametrize(
    ("answer", "status", "afterwards"), [("not_found", 404, [("old", True, 2)]), ("revive", 200, [("new", False, 3)])]
)
def test_put_on_an_archived_id(
    sandbox: SandboxProcess, user: PortalUser, answer: str, status: int, afterwards: list[Any]
) -> None:
    sandbox.behave(put_archived=answer)
    user.post("contacts", id="P-1", lastName="old")
    user.archive("contacts", "P-1")
    assert user.put("contacts", id="P-1", lastName="new").status == status
    assert names(sandbox) == afterwards


def test_an_archived_contract_is_revived_too(user: PortalUser) -> None:
    build_house(user)
    user.post("contacts", id="P-1")
    contract = {"id": "V-1", "type": "RENTER", "unitId": "104/001", "contactId": "P-1"}
    user.post("contracts", **contract)
    user.archive("contracts", "V-1")
    assert user.get("contacts", "P-1").json["contracts"] == []
    assert user.put("contracts", **contract).status == 200
    assert len(user.get("contacts", "P-1").json["contracts"]) == 1


@pytest.mark.parametrize(("answer", "email"), [("clear", None), ("keep", "a@example.org")])
def test_put_without_a_field(sandbox: SandboxProcess, user: PortalUser, answer: str, email: str | None) -> None:
    sandbox.behave(put_omitted=answer)
    user.post("contacts", id="P-1", lastName="old", email="a@example.org")
    user.put("contacts", id="P-1", lastName="new")
    contact = user.get("contacts", "P-1").json
    assert (contact["lastName"], contact["email"]) == ("new", email)


def test_a_put_leaves_alone_what_the_portal_keeps_itself(sandbox: SandboxProcess, user: PortalUser) -> None:
    user.post("contacts", id="P-1")
    sandbox.edit("contacts", "P-1", isInvited=True)
    assert user.put("contacts", id="P-1", lastName="new").json["isInvited"] is True


def test_switches_are_changed_one_by_one(sandbox: SandboxProcess) -> None:
    sandbox.behave(put_unknown="upsert")
    sandbox.behave(put_omitted="keep")
    behaviour = sandbox.send("GET", "/_sandbox/behaviour").json
    assert (behaviour["put_unknown"], behaviour["put_omitted"]) == ("upsert", "keep")


def test_an_id_that_is_free_again_is_no_duplicate(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.behave(post_archived="free")
    user.post("contacts", id="P-1")
    user.archive("contacts", "P-1")
    user.post("contacts", id="P-1")
    assert sandbox.counts()["contacts"] == {"live": 1, "archived": 1, "duplicates": 0}


@pytest.mark.parametrize(("setting", "answer"), ANSWERS)
def test_there_are_switches_for_every_answer_of_the_settings(
    sandbox: SandboxProcess, setting: str, answer: object
) -> None:
    sandbox.answer(**{setting: answer})
    switches = sandbox.send("GET", "/_sandbox/behaviour").json
    assert ANSWERS[setting, answer].items() <= switches.items()
    assert getattr(PortalAnswers.model_validate({setting: answer}), setting) == answer


def test_no_setting_lacks_an_answer() -> None:
    assert {setting for setting, _ in ANSWERS} == set(PortalAnswers.model_fields)
    assert all(sum(one == setting for one, _ in ANSWERS) >= 2 for setting, _ in ANSWERS)


@pytest.mark.parametrize("effect", [effect_of_post, effect_of_put])
def test_what_is_not_accepted_is_not_written(effect: Any) -> None:
    for held in Held:
        done, onto_it = effect(held, Behaviour())
        assert not (done in (Effect.NOT_FOUND, Effect.CONFLICT) and onto_it)
