"""What the portal cannot change is replaced by a copy under the next id: nothing is lost, nothing is there twice."""

from dataclasses import replace

import pytest

from demo.portal.docuware import pdf_saying
from include.ixhaus.contract.own import SP_ABGLEICH
from tests.faults.harness import Row, Worker
from tests.faults.papers import ANNA, BERT, Archive, Paper, letters, outcomes, writes
from tests.faults.run_steps import CRASHED, Progress
from tests.faults.test_document_faults import version
from tests.faults.test_documents import assert_answered_before
from tests.faults.test_unknown_effect import PATIENCE, SILENT, WITHOUT_BODY, name_of

PORTALS = [("taken", "taken"), ("free", "free"), ("free", "taken"), ("taken", "free")]
"""What we believe of a deleted record's id, and how it is: also where we are wrong."""
LEAST, LIMIT = 12, 60


@pytest.fixture(params=PORTALS, ids="-".join)
def anyhow(archive: Archive, request: pytest.FixtureRequest) -> Archive:
    """Documents and a portal of each kind."""
    believed, answer = request.param
    archive.world.configure(portal={"deleted_id": believed})
    archive.sandbox.behave(deleted_ids=answer)
    return archive


def ids_of(archive: Archive, paper: Paper) -> tuple[str, str | None, str | None]:
    """State, id in the portal and id of a copy on its way, as the ledger has them."""
    row = archive.world.ledger(paper.id)
    return row["state"], row["portal_id"], row["next_id"]


@pytest.mark.rule("E34")
def test_a_replaced_document_is_there_with_the_new_content_however_often(anyhow: Archive) -> None:
    anyhow.settle(letter := Paper(1, ANNA))
    for number in range(2, 5):
        anyhow.put(changed := version(letter, number))
        assert outcomes(anyhow.run()) == {"updated": 1}
        anyhow.assert_holds(changed)
        assert ids_of(anyhow, letter) == ("present", f"{letter.id}~v{number}", None)
    assert anyhow.run().requests == []


def test_all_documents_that_changed_are_there_afterwards(anyhow: Archive) -> None:
    anyhow.settle(*letters(36, ANNA))
    anyhow.put(*(papers := [version(one, 2) for one in letters(36, ANNA)]))
    assert outcomes(anyhow.run()) == {"updated": 36}
    anyhow.assert_holds(*papers)


def test_sending_everything_again_neither_removes_nor_makes_what_is_there(anyhow: Archive) -> None:
    anyhow.settle(*(papers := letters(36, ANNA)))
    ran = anyhow.run(resend="all")
    assert writes(ran) == []
    anyhow.assert_holds(*papers)


@pytest.mark.rule("R29")
def test_what_was_removed_and_comes_again_is_there(anyhow: Archive) -> None:
    letter, stays = letters(2, ANNA)
    anyhow.settle(letter, stays)
    for _ in range(2):
        anyhow.drop(letter)
        assert outcomes(anyhow.run()) == {"removed": 1}
        anyhow.assert_holds(stays)
        anyhow.put(letter)
        assert outcomes(anyhow.run()) == {"created": 1}
        anyhow.assert_holds(letter, stays)


def test_a_removed_record_comes_again_under_the_next_id_at_once_where_its_own_stays_taken(archive: Archive) -> None:
    letter, stays = letters(2, ANNA)
    archive.settle(letter, stays)
    archive.drop(letter)
    archive.run()
    archive.put(letter)
    assert writes(archive.run()) == [("POST", f"{letter.id}~v2")]


def test_a_replaced_record_is_removed_under_the_id_that_the_portal_knows_it_by(archive: Archive) -> None:
    letter, stays = letters(2, ANNA)
    archive.settle(letter, stays)
    archive.put(version(letter, 2))
    archive.run()
    archive.drop(letter)
    assert writes(archive.run()) == [("DELETE", f"{letter.id}~v2")]
    archive.assert_holds(stays)


@pytest.mark.parametrize(("post_existing", "attempts"), [("conflict", 3), ("update", 1), ("duplicate", 1)])
@pytest.mark.parametrize(
    ("method", "kind", "more"),
    [("POST", *fault) for fault in SILENT] + [("DELETE", *fault) for fault in WITHOUT_BODY],
    ids=name_of,
)
def test_a_lost_answer_neither_loses_nor_doubles_a_replaced_document(
    archive: Archive, method: str, kind: str, more: Row, attempts: int, post_existing: str
) -> None:
    """Within the run, or by the next one; until then the old document stays."""
    believed = {"conflict": "refused", "update": "updates", "duplicate": "doubles"}[post_existing]
    archive.settle(letter := Paper(1, ANNA))
    archive.sandbox.behave(post_existing=post_existing)
    archive.world.configure(
        limits={"attempts": attempts, "timeout_seconds": PATIENCE, "upload_timeout_seconds": PATIENCE},
        portal={"post_on_known_id": believed},
    )
    archive.sandbox.fault(kind, method, "/documents*", **more)
    archive.put(changed := version(letter, 2))
    archive.run()
    assert set(archive.seen()) == {letter.id}
    archive.heal()
    archive.assert_holds(changed)
    assert ids_of(archive, letter) == ("present", f"{letter.id}~v2", None)


@pytest.mark.rule("E31")
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_copy_of_which_nobody_knows_is_gone_before_another_content_is_sent(archive: Archive, when: str) -> None:
    """It may be for the wrong person: what was sent last is corrected before its answer came."""
    archive.settle(letter := Paper(1, ANNA))
    archive.world.configure(limits={"attempts": 1})
    archive.sandbox.behave(post_existing="duplicate")
    archive.sandbox.fault("drop", "POST", "/documents", when=when)
    archive.put(replace(version(letter, 2), to=BERT))
    archive.run()
    archive.put(right := version(letter, 3))
    archive.heal()
    archive.assert_holds(right)
    posts = [(one["method"], one["path"]) for one in archive.sandbox.requests() if one["method"] != "GET"]
    assert posts.index(("DELETE", f"/documents/{letter.id}~v2")) < len(posts) - 1 - posts[::-1].index(
        ("POST", "/documents")
    )


def test_a_document_on_its_way_that_falls_out_is_gone_under_every_id(archive: Archive) -> None:
    letter, stays = letters(2, ANNA)
    archive.settle(letter, stays)
    archive.world.configure(limits={"attempts": 1})
    archive.sandbox.fault("drop", "POST", "/documents", when="after")
    archive.put(version(letter, 2))
    archive.run()
    assert ids_of(archive, letter) == ("present", None, f"{letter.id}~v2")
    archive.drop(letter)
    archive.heal()
    archive.assert_holds(stays)


@pytest.mark.parametrize("status", [413, 422])
def test_a_new_version_that_the_portal_refuses_leaves_the_old_one(archive: Archive, status: int) -> None:
    archive.settle(letter := Paper(1, ANNA))
    archive.sandbox.fault("status", "POST", "/documents", status=status)
    archive.put(version(letter, 2))
    assert outcomes(archive.run()) == {"errors": 1}
    archive.assert_holds(letter)
    assert outcomes(archive.run()) == {"outstanding": 1}
    archive.put(mended := version(letter, 3))
    archive.heal()
    archive.assert_holds(mended)


def test_a_portal_that_forgets_an_unsent_copy_is_sent_it_once(archive: Archive) -> None:
    """The reconciliation found the record missing: it is looked for, and sent as it was."""
    archive.settle(letter := Paper(1, ANNA))
    archive.sandbox.reset()
    for group in ("objects", "persons"):
        archive.world.run(group, resend="all")
    archive.world.sql("UPDATE SP_ABGLEICH SET ZUSTAND = 'pending', PRUEFSUMME = NULL WHERE ART = 'document'")
    assert writes(archive.run()) == [("POST", letter.id)]
    archive.assert_holds(letter)


def test_a_document_that_the_ledger_has_forgotten_is_replaced(anyhow: Archive) -> None:
    anyhow.settle(letter := Paper(1, ANNA))
    anyhow.world.sql("DELETE FROM SP_ABGLEICH WHERE ART = 'document'")
    anyhow.put(changed := version(letter, 2))
    anyhow.heal()
    anyhow.assert_holds(changed)


def test_a_copy_on_its_way_is_no_acknowledged_content(archive: Archive) -> None:
    """The hash on record is that of what may have arrived; nothing may take it for done."""
    archive.settle(letter := Paper(1, ANNA))
    archive.sandbox.fault("status", "POST", "/documents", status=500, times=None)
    archive.put(version(letter, 2))
    assert outcomes(archive.run()) == {"errors": 1}
    (row,) = archive.world.rows(SP_ABGLEICH, record_type="document")
    assert (row["next_id"], bool(row["hash"])) == (f"{letter.id}~v2", True)
    assert outcomes(archive.run()) == {"errors": 1}


@pytest.mark.rule("E31")
@pytest.mark.parametrize("answer", ["taken", "free"])
def test_the_new_one_comes_only_after_the_old_one_where_that_must_not_be_seen(archive: Archive, answer: str) -> None:
    """Although we believe that the id is free again."""
    archive.world.configure(portal={"deleted_id": "free"})
    archive.sandbox.behave(deleted_ids=answer)
    archive.settle(Paper(1, ANNA))
    archive.put(right := Paper(1, BERT))
    ran = archive.run()
    again = [("POST", f"{right.id}~v2")] if answer == "taken" else []
    assert writes(ran) == [("DELETE", right.id), ("POST", right.id), *again]
    assert_answered_before(ran, *writes(ran)[:2])
    archive.assert_holds(right)


@pytest.mark.parametrize("portal", PORTALS[:2], ids="-".join)
def test_a_run_may_die_at_any_point_of_a_replacement(archive: Archive, worker: Worker, portal: tuple[str, str]) -> None:
    """Each round replaces a document with its next version; at no point is there none.

    As calls and commits follow one another, a death before one is a death after the one before: only those count.
    """
    world = archive.world
    world.configure(limits={"lease_seconds": 60, "parallel_requests": 1}, portal={"deleted_id": portal[0]})
    archive.sandbox.behave(post_existing="duplicate", deleted_ids=portal[1])
    letter = replace(Paper(1, ANNA), content=pdf_saying("Fassung 0"))
    archive.settle(letter)
    for turn, point in enumerate(range(1, LIMIT, 2)):
        archive.put(letter := version(letter, 1 + point))
        run = world.next_run("documents")
        if worker.wait(worker.start(world.order(run, "documents", crash_at=point))) != CRASHED:
            break  # there are no more points: it came to its end
        assert letter.id in archive.seen()
        world.assert_no_duplicates()
        is_retried = turn % 2 == 1 and Progress.load(world.progress(run)).is_loading()
        if turn % 3 == 2:  # it is corrected once more before anybody goes on
            archive.put(letter := version(letter, 1 + LIMIT + point))
            is_retried = False
        world.expire_lease()
        ran = archive.run(resume=run if is_retried else None)
        assert ran.status == "ok", ran.why
        archive.assert_holds(letter)
    assert LEAST < point < LIMIT - 2
    assert archive.run().requests == []
