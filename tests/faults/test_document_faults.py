"""Documents and answers that do not come, processes that die: each document ends up in the portal once, or nowhere."""

import signal
from dataclasses import replace

import pytest

from demo.portal.docuware import pdf_saying
from tests.faults.harness import Row, Worker
from tests.faults.papers import ANNA, BERT, Archive, Paper, letters
from tests.faults.run_steps import CRASHED, Progress
from tests.faults.test_unknown_effect import PATIENCE, SILENT, TOO_LONG, WITHOUT_BODY, name_of

LEAST, LIMIT = 20, 90


def version(paper: Paper, number: int) -> Paper:
    """Return the document with another version of its content."""
    return replace(paper, content=pdf_saying(f"Fassung {number}"), row={"version": number})


@pytest.fixture
def doubling(archive: Archive) -> Archive:
    """A portal that makes a second document of a repeated upload."""
    archive.sandbox.behave(post_existing="duplicate")
    archive.world.configure(limits={"timeout_seconds": PATIENCE, "upload_timeout_seconds": PATIENCE})
    return archive


@pytest.mark.parametrize(
    ("method", "kind", "more"),
    [("POST", *fault) for fault in SILENT] + [("DELETE", *fault) for fault in WITHOUT_BODY],
    ids=name_of,
)
def test_a_document_without_a_clear_answer_is_there_once(
    doubling: Archive, method: str, kind: str, more: dict[str, object]
) -> None:
    changes, goes, comes = letters(3, ANNA)
    doubling.settle(changes, goes)
    doubling.sandbox.fault(kind, method, "/documents*", **more)
    doubling.put(changed := version(changes, 2), comes)
    doubling.drop(goes)
    ran = doubling.run()
    assert ran.status == "ok", ran.why
    assert [rule["hits"] for rule in doubling.sandbox.faults()] == [1]
    doubling.assert_holds(changed, comes)


@pytest.mark.parametrize(("kind", "more"), SILENT, ids=name_of)
def test_a_document_that_was_never_confirmed_arrives_once_in_a_later_run(
    doubling: Archive, kind: str, more: Row
) -> None:
    unlucky, lucky = letters(2, ANNA)
    doubling.world.configure(limits={"attempts": 1})
    doubling.put(unlucky, lucky)
    doubling.sandbox.fault(kind, "POST", "/documents", body_id=unlucky.id, **more)
    ran = doubling.run()
    assert (ran.status, set(ran.named("error"))) == ("errors", {unlucky.id})
    assert doubling.world.ledger(unlucky.id)["state"] == "pending"
    doubling.heal()
    doubling.assert_holds(unlucky, lucky)


@pytest.mark.parametrize("post_existing", ["conflict", "update"])
def test_an_upload_that_takes_effect_after_our_patience_ended(doubling: Archive, post_existing: str) -> None:
    """Where an upload makes a second object under the same id nothing could tell, so that portal is left out."""
    doubling.sandbox.behave(post_existing=post_existing)
    doubling.put(paper := Paper(1, ANNA))
    doubling.sandbox.fault("delay", "POST", "/documents", seconds=TOO_LONG, when="before")
    assert doubling.run().status == "ok"
    doubling.assert_holds(paper)


@pytest.mark.rule("E31")
def test_a_correction_taken_back_before_it_was_confirmed_is_sent_again(doubling: Archive) -> None:
    letter = Paper(1, ANNA)
    doubling.settle(letter)
    doubling.world.configure(limits={"attempts": 1})
    doubling.sandbox.fault("drop", "POST", "/documents", when="after")
    doubling.put(replace(letter, to=BERT))
    assert set(doubling.run().named("error")) == {letter.id}
    doubling.put(letter)
    doubling.heal()
    doubling.assert_holds(letter)


@pytest.mark.parametrize("again", ["new run", "retry"])
def test_a_load_killed_in_mid_upload_leaves_one_document(archive: Archive, worker: Worker, again: str) -> None:
    archive.sandbox.behave(post_existing="duplicate")
    archive.put(paper := replace(Paper(1, ANNA), content=pdf_saying("Langer Brief").ljust(4 * 2**20)))
    archive.sandbox.fault("delay", "POST", "/documents", seconds=2, when="after")
    pid = worker.start(archive.world.order(run := archive.world.next_run("documents"), "documents"))
    assert worker.kill_when(pid, signal.SIGKILL, archive.sandbox, 3) == -signal.SIGKILL
    ran = archive.run(resume=run if again == "retry" else None)
    assert ran.status == "ok", ran.why
    archive.assert_holds(paper)


@pytest.mark.rule("E31")
def test_a_run_may_die_at_any_point(archive: Archive, worker: Worker) -> None:
    """Each round creates, replaces and removes a document; each dies a side effect later than the last and is mended.

    What is replaced goes from one person to another: at no point do both see it, and at some point nobody does. As
    calls and commits follow one another, a death before one is a death after the one before: only those count.
    """
    world = archive.world
    leaves, letter = letters(2, ANNA)
    archive.settle(leaves, letter)
    world.configure(limits={"lease_seconds": 60, "parallel_requests": 1})  # no renewals, and nothing at once
    archive.sandbox.behave(post_existing="duplicate")
    seen_by: list[str | None] = []
    for turn, point in enumerate(range(1, LIMIT, 2)):
        comes, letter = Paper(99 + point, BERT), replace(version(letter, point), to=(BERT, ANNA)[turn % 2])
        archive.put(comes, letter)
        archive.drop(leaves)
        leaves = comes
        run = world.next_run("documents")
        if worker.wait(worker.start(world.order(run, "documents", crash_at=point))) != CRASHED:
            break  # there are no more points: it came to its end
        seen_by.append(archive.seen().get(letter.id))
        world.assert_no_duplicates()
        is_retried = turn % 2 == 1 and Progress.load(world.progress(run)).is_loading()
        world.expire_lease()
        ran = archive.run(resume=run if is_retried else None)
        assert ran.status == "ok", ran.why
        archive.assert_holds(comes, letter)
    assert LEAST < point < LIMIT - 2
    assert {ANNA.contact_id, BERT.contact_id, None} == set(seen_by)
    assert archive.run().requests == []
