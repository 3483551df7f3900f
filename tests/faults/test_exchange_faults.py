"""No answer to a create: a note, file, report or bulletin is looked for before it is ever sent again."""

import pytest

from include.casavi.client import Pace
from include.ixhaus.contract.own import SP_ABGLEICH
from tests.faults.desk import Desk

CREATED = {
    "ticket": ("/tickets", "PATCH", "/tickets/M1"),
    "comment": ("/tickets/M1/comments", "GET", "/tickets/M1/comments"),
    "attachment": ("/tickets/M1/attachments", "GET", "/tickets/M1"),
    "post": ("/posts", "PUT", "/posts/B1"),
}
"""Record type → where it is created, and the call that tells whether it is there."""
LOOKED_UP = ["comment", "attachment"]
"""Record types of which only a list tells whether they are there."""


@pytest.fixture
def talk(desk: Desk) -> Desk:
    """A portal that makes a second object of whatever is sent twice; one of each kind is still to be sent."""
    desk.sandbox.behave(post_existing="duplicate", comment_ids="duplicate")
    desk.settle()
    desk.note(desk.report("M1"), "N1", "Wir kommen morgen.")
    desk.file("M1", "F1")
    desk.report("B1", "AUSHANG", unit_nr=None, reporter_person=None)
    return desk


def held(desk: Desk) -> list[object]:
    """Everything of which the portal could hold too much."""
    ids = [[one["id"] for one in desk.live(kind)] for kind in ("tickets", "posts")]
    return [*ids, desk.comments(), desk.files()]


ALL = [["M1"], ["B1"], [("M1", "Wir kommen morgen.")], [("M1", "kanari (F1).txt")]]


def calls(desk: Desk, record_type: str) -> list[str]:
    """The creates and look-ups of a record type so far, in order; the reading at the end lists comments once more."""
    path, method, where = CREATED[record_type]
    wanted = {("POST", path): "create", (method, where): "look up"}
    seen = [(one["method"], one["path"]) for one in desk.sandbox.requests()]
    found = [wanted[one] for one in seen if one in wanted]
    return found[:-1] if record_type == "comment" else found


@pytest.mark.rule("R58")
@pytest.mark.parametrize("record_type", CREATED)
def test_what_arrived_without_an_answer_is_found_and_not_sent_again(talk: Desk, record_type: str) -> None:
    talk.sandbox.fault("drop", "POST", CREATED[record_type][0], when="after")
    talk.sandbox.forget_requests()
    assert talk.run().ending.xcom["status"] == "ok"
    assert calls(talk, record_type) == ["create", "look up"]
    assert held(talk) == ALL
    talk.assert_ledger_is_true()


@pytest.mark.rule("R58")
@pytest.mark.parametrize("record_type", CREATED)
def test_what_did_not_arrive_is_looked_for_and_sent_once(talk: Desk, record_type: str) -> None:
    talk.sandbox.fault("drop", "POST", CREATED[record_type][0], when="before")
    talk.sandbox.forget_requests()
    assert talk.run().ending.xcom["status"] == "ok"
    assert calls(talk, record_type) == ["create", "look up", "create"]
    assert held(talk) == ALL
    talk.assert_ledger_is_true()


@pytest.mark.rule("R58")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("record_type", LOOKED_UP)
def test_what_cannot_be_looked_for_is_neither_sent_again_nor_called_done(
    talk: Desk, record_type: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_rest(_pace: Pace, _seconds: float) -> None: ...

    monkeypatch.setattr(Pace, "rest", no_rest)
    path, method, where = CREATED[record_type]
    talk.sandbox.fault("drop", "POST", path, when=when)
    talk.sandbox.fault("status", method, where, status=500, times=None)
    talk.sandbox.forget_requests()
    assert talk.run().ending.xcom["errors"] == 1
    seen = [(one["method"], one["path"]) for one in talk.sandbox.requests()]
    assert seen.count(("POST", path)) == 1
    (row,) = talk.world.rows(SP_ABGLEICH, record_type=record_type)
    assert row["state"] == "pending"
    talk.sandbox.end_faults()
    talk.settle()
    assert held(talk) == ALL


@pytest.mark.rule("R58")
def test_a_file_is_recognised_by_its_own_id_in_its_name(talk: Desk) -> None:
    """The portal gives files ids of its own; another file of the same name is another file."""
    talk.file("M1", "F2")
    talk.sandbox.fault("drop", "POST", CREATED["attachment"][0], when="after", skip=1)
    assert talk.run().ending.xcom["status"] == "ok"
    assert talk.files() == [("M1", "kanari (F1).txt"), ("M1", "kanari (F2).txt")]


@pytest.mark.rule("E49", "R58")
def test_a_portal_that_gives_comments_ids_of_its_own_gets_each_once_and_sends_none_back(talk: Desk) -> None:
    talk.sandbox.behave(comment_ids="ignored")
    for _ in range(2):
        assert talk.run().ending.xcom["status"] == "ok"
        assert held(talk) == ALL
    assert talk.imported("SP_NOTIZ", "text") == []
    talk.sandbox.staff_comments("M1", "Wir kommen morgen.", author="Verwaltung")
    talk.run()
    assert talk.imported("SP_NOTIZ", "text") == ["Wir kommen morgen."]
