"""Documents over several runs, as the portal sees them: sent once, replaced, withdrawn, and never seen by two."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, event

from demo.portal.docuware import PLATFORM, pdf_saying
from include.casavi import listing, upload
from include.ixhaus.contract.documents import SP_DOKUMENT
from include.sync import steps
from tests.faults.harness import HOUSE, Ran, Row, Worker, seen_id
from tests.faults.papers import ANNA, BERT, LETTER, Archive, Paper, letters, outcomes, writes
from tests.faults.questions import answer
from tests.sandbox import KEY, SECRET

NEW = pdf_saying("Zweite Fassung")
WRONG, RIGHT = Paper(1, ANNA), Paper(1, BERT)
"""A letter that went to the wrong person, and its correction."""


def newer(paper: Paper) -> Paper:
    """Return the document with a new version of its content."""
    return replace(paper, content=NEW, row={**paper.row, "version": 2})


def retyped(paper: Paper, document_type: str) -> Paper:
    return replace(paper, row={**paper.row, "document_type": document_type})


def dated(paper: Paper, day: date) -> Paper:
    return replace(paper, row={**paper.row, "document_date": day})


def assert_answered_before(ran: Ran, first: tuple[str, str], second: tuple[str, str]) -> None:
    """Of two requests the second began when the first had been answered."""
    seen = {(one["method"], seen_id(one).rpartition("/")[2]): one for one in ran.requests}
    assert seen[first]["started"] + seen[first]["seconds"] <= seen[second]["started"]


# ---- unchanged, changed, gone


@pytest.mark.rule("R33")
def test_a_second_run_reads_no_content_and_makes_no_request(archive: Archive) -> None:
    archive.settle(*letters(3, ANNA))
    statements: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        ran = archive.run()
    finally:
        event.remove(Engine, "before_cursor_execute", keep)
    assert (ran.status, ran.requests, ran.logins, ran.xcom["unchanged"]) == ("ok", [], 0, 3)
    assert any("SP_DOKUMENT" in statement for statement in statements)
    assert not [statement for statement in statements if "SP_DOKUMENT_INHALT" in statement]


@pytest.mark.rule("R33")
def test_documents_that_are_no_news_are_not_read_beside_one_that_is(archive: Archive) -> None:
    first, second = letters(2, ANNA)
    archive.settle(first, second)
    archive.world.sql("DELETE FROM SP_DOKUMENT_INHALT WHERE DOKUMENT_ID = ?", first.id)
    archive.put(newer(second))
    assert outcomes(archive.run()) == {"updated": 1}
    archive.assert_holds(first, newer(second))


@pytest.mark.rule("E34")
@pytest.mark.parametrize(
    "change", [{"content": NEW, "row": {"version": 2}}, {"pdf": NEW}], ids=["version", "rendition"]
)
def test_a_new_version_or_rendition_replaces_the_old_one(archive: Archive, change: Row) -> None:
    paper, other = letters(2, ANNA)
    archive.settle(paper, other)
    archive.put(changed := replace(paper, **change))
    ran = archive.run()
    assert (outcomes(ran), writes(ran)) == ({"updated": 1}, [("POST", f"{paper.id}~v2"), ("DELETE", paper.id)])
    assert_answered_before(ran, *writes(ran))
    archive.assert_holds(changed, other)


@pytest.mark.rule("R29", "E29")
@pytest.mark.parametrize("fate", ["re-typed", "too old", "deleted"])
def test_what_falls_out_is_removed_without_content_and_comes_back(archive: Archive, fate: str) -> None:
    paper, stays = letters(2, ANNA)
    archive.settle(paper, stays)
    fallen = {"re-typed": retyped(paper, "Intern"), "too old": dated(paper, date(2001, 5, 5))}
    archive.put(fallen[fate]) if fate in fallen else archive.drop(paper)

    ran = archive.run()
    assert (ran.status, [one["path"] for one in ran.requests]) == ("ok", [f"/documents/{paper.id}"])
    assert [(one["method"], one["body_id"]) for one in ran.requests] == [("DELETE", None)]
    archive.assert_holds(stays)
    assert archive.run().requests == []

    archive.put(paper)
    assert outcomes(archive.run()) == {"created": 1}
    archive.assert_holds(paper, stays)


@pytest.mark.rule("R29")
@pytest.mark.parametrize("fate", ["re-typed", "too old", "deleted"])
def test_what_the_portal_never_had_is_not_removed_from_it(archive: Archive, fate: str) -> None:
    paper, stays = letters(2, ANNA)
    archive.settle(stays)
    out = {"re-typed": retyped(paper, "Intern"), "too old": dated(paper, date(2001, 5, 5))}.get(fate)
    if out:
        archive.put(out)
    ran = archive.run()
    assert (ran.status, ran.requests) == ("ok", [])


# ---- whose a document is


@pytest.mark.rule("E31")
@pytest.mark.parametrize(("deleted_id", "behind"), [("taken", "~v2"), ("free", "")])
def test_a_letter_is_gone_for_the_wrong_person_before_the_right_one_gets_it(
    archive: Archive, deleted_id: str, behind: str
) -> None:
    archive.world.configure(portal={"deleted_id": deleted_id})
    archive.sandbox.behave(deleted_ids=deleted_id)
    archive.settle(WRONG)
    archive.put(RIGHT)
    ran = archive.run()
    assert writes(ran) == [("DELETE", RIGHT.id), ("POST", RIGHT.id + behind)]
    assert_answered_before(ran, *writes(ran))
    archive.assert_holds(RIGHT)


@pytest.mark.rule("E31")
def test_a_letter_filed_anew_is_gone_for_the_wrong_person_first(archive: Archive) -> None:
    archive.settle(WRONG)
    archive.drop(WRONG)
    archive.put(anew := Paper(2, BERT))
    ran = archive.run()
    assert writes(ran) == [("DELETE", WRONG.id), ("POST", anew.id)]
    assert_answered_before(ran, *writes(ran))
    archive.assert_holds(anew)


@pytest.mark.rule("E31")
@pytest.mark.parametrize("status", [500, 413])
def test_a_correction_that_fails_half_way_leaves_the_letter_with_nobody(archive: Archive, status: int) -> None:
    archive.settle(WRONG)
    archive.put(RIGHT)
    archive.sandbox.fault("status", "POST", "/documents", status=status, times=None)
    ran = archive.run()
    assert ran.named("error") == {RIGHT.id: ("PORTAL_FAULT" if status == 500 else "REFUSED", status)}
    assert archive.seen() == {}
    archive.sandbox.end_faults()
    archive.put(right := newer(RIGHT) if status == 413 else RIGHT)
    archive.heal()
    archive.assert_holds(right)


@pytest.mark.rule("E31")
@pytest.mark.parametrize("status", [500, 422])
def test_as_long_as_the_wrong_person_has_it_the_right_one_does_not(archive: Archive, status: int) -> None:
    """The portal will not take the old one away."""
    archive.settle(WRONG)
    archive.put(RIGHT)
    archive.sandbox.fault("status", "DELETE", "/documents/*", status=status, times=None)
    ran = archive.run()
    assert set(ran.named("error")) == {RIGHT.id}
    assert {method for method, _ in writes(ran)} == {"DELETE"}
    assert archive.seen() == {WRONG.id: ANNA.contact_id}
    archive.sandbox.end_faults()
    assert archive.run(resend="all").status == "ok"
    archive.assert_holds(RIGHT)


@pytest.mark.rule("E35", "O16")
def test_who_has_no_access_gets_nothing_until_there_is_one(archive: Archive) -> None:
    early = replace(ANNA, number=3, begin=1)
    archive.world.put(early)
    archive.put(letter := Paper(1, early))
    for group in ("objects", "persons"):
        archive.world.run(group)
    assert writes(archive.run()) == []

    archive.world.put(replace(early, begin=0))
    archive.world.run("persons")
    assert outcomes(archive.run()) == {"created": 1}
    archive.assert_holds(letter)


@pytest.mark.rule("E9", "O16")
def test_a_withdrawn_person_type_takes_the_documents_along(archive: Archive) -> None:
    withdrawn, kept = Paper(1, ANNA), Paper(2, BERT)
    archive.settle(withdrawn, kept)
    for person, expected in ((replace(ANNA, type="Interessent"), [kept]), (ANNA, [withdrawn, kept])):
        archive.world.put(person)
        assert archive.world.run("persons").status == "ok"
        assert archive.run().status == "ok"
        archive.assert_holds(*expected)


@pytest.mark.rule("R15", "R29")
def test_a_property_taken_out_of_the_range_takes_its_documents_along(archive: Archive) -> None:
    papers = [Paper(1, ANNA), Paper(2, BERT)]
    archive.settle(*papers)
    archive.world.configure(properties="200")
    for group in ("persons", "objects"):
        assert archive.world.run(group).status == "ok"
    assert outcomes(archive.run()) == {"removed": 2}
    archive.assert_holds()


# ---- one document fails, the others do not


@pytest.mark.rule("R28", "E30")
@pytest.mark.parametrize(
    ("limit", "status"), [({"max_file_bytes": 2000}, 413), ({"refused_media_types": ["image/png"]}, 415)]
)
def test_a_document_the_portal_refuses_stops_nobody_and_waits_for_a_change(
    archive: Archive, limit: Row, status: int
) -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(3000)
    bad, *good = replace(Paper(1, ANNA), content=png), *letters(3, BERT, first=2)
    archive.sandbox.behave(**limit)
    archive.put(bad, *good)

    ran = archive.run()
    assert (ran.status, ran.failed, outcomes(ran)) == ("errors", [], {"created": 3, "errors": 1})
    assert ran.named("error") == {bad.id: ("REFUSED", status)}
    archive.assert_holds(*good)

    again = archive.run()
    assert (again.status, again.requests, outcomes(again)) == ("ok", [], {"outstanding": 1})

    archive.put(mended := newer(bad))
    archive.heal()
    archive.assert_holds(mended, *good)


@pytest.mark.rule("E30", "R54")
def test_a_missing_file_is_an_error_until_it_is_there(archive: Archive) -> None:
    path = "Häuser/100/kanari über.pdf"
    lost, found = replace(Paper(1, ANNA), path=path), replace(Paper(2, BERT), path="100/kanari.pdf")
    archive.put(replace(lost, content=None), found)
    ran = archive.run()
    assert (ran.status, ran.named("error")) == ("errors", {lost.id: ("FILE_MISSING", None)})
    archive.assert_holds(found)

    assert set(archive.run().named("error")) == {lost.id}  # it is looked for every time
    archive.store(lost)
    archive.heal()
    archive.assert_holds(lost, found)


@pytest.mark.rule("E30")
def test_a_content_that_is_not_in_the_database_is_an_error(archive: Archive) -> None:
    archive.put(replace(Paper(1, ANNA), content=None), other := Paper(2, ANNA))
    assert archive.run().named("error") == {"DOK-1": ("FILE_MISSING", None)}
    archive.assert_holds(other)


@pytest.mark.rule("E30", "E37", "R28")
@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        ({"path": "../kanari.pdf"}, "FILE_OUTSIDE_FOLDER"),
        ({"path": "100/leer.pdf", "content": b"", "row": {"size": 4711}}, "FILE_EMPTY"),
        ({"path": "100/kanari.pdf", "content": bytes(2**20 + 1), "row": {"size": 10}}, "FILE_TOO_LARGE"),
        ({"content": bytes(2**20 + 1), "row": {"size": 10}}, "FILE_TOO_LARGE"),
        ({"content": b"MZ" + bytes(500), "row": {"file_name": "kanari.pdf"}}, "FILE_TYPE_REFUSED"),
    ],
    ids=["outside", "empty", "too large a file", "too large in the database", "program"],
)
def test_a_file_that_will_never_do_is_an_error_once(archive: Archive, spoilt: Row, reason: str) -> None:
    archive.world.configure(limits={"max_file_mb": 1})
    bad, good = replace(Paper(1, ANNA), **spoilt), Paper(2, BERT)
    archive.put(bad, good)
    ran = archive.run()
    assert (ran.status, ran.named("error")) == ("errors", {bad.id: (reason, None)})
    archive.assert_holds(good)
    again = archive.run()
    assert (again.status, again.requests, outcomes(again)) == ("ok", [], {"outstanding": 1})


@pytest.mark.rule("R28", "E30")
def test_a_file_of_exactly_the_limit_is_sent(archive: Archive) -> None:
    archive.world.configure(limits={"max_file_mb": 1})
    archive.put(largest := replace(Paper(1, ANNA), content=NEW.ljust(2**20), row={"size": 2**20}))
    assert outcomes(archive.run()) == {"created": 1}
    archive.assert_holds(largest)


@pytest.mark.rule("R54")
def test_many_missing_files_in_a_row_are_no_reason_to_give_the_portal_up(archive: Archive) -> None:
    archive.world.configure(limits={"failures_in_a_row": 3, "parallel_requests": 1})
    lost = [replace(paper, content=None) for paper in letters(5, ANNA)]
    archive.put(*lost, last := Paper(9, BERT))
    ran = archive.run()
    assert (ran.status, ran.failed, set(ran.named("error"))) == ("errors", [], {paper.id for paper in lost})
    archive.assert_holds(last)


# ---- folders


@pytest.mark.rule("O17")
@pytest.mark.parametrize(
    ("folders", "default", "folder", "is_warned"),
    [
        (["Sonstiges", LETTER], None, "DT-2", False),
        (["Sonstiges", LETTER], "Sonstiges", "DT-2", False),
        (["Sonstiges"], "Sonstiges", "DT-1", True),
        (["Sonstiges"], None, None, True),
        (["Sonstiges"], "Gibt es nicht", None, True),
        ([], "Sonstiges", None, True),
    ],
)
def test_a_document_lies_in_the_folder_of_its_types_name(
    archive: Archive, folders: list[str], default: str | None, folder: str | None, is_warned: bool
) -> None:
    archive.sandbox.folders(*folders)
    archive.world.configure(default_folder=default)
    archive.put(*(papers := letters(3, ANNA)))
    ran = archive.run()
    assert (ran.status, outcomes(ran)) == ("ok", {"created": 3})
    assert {one.get("documentTypeId") for one in archive.world.portal("documents").values()} == {folder}
    assert ran.named("warning") == ({LETTER: ("FOLDER_UNKNOWN", None)} if is_warned else {})
    archive.assert_holds(*papers)


@pytest.mark.rule("O17")
def test_each_type_without_folder_is_named_once_whatever_the_number_of_loads(archive: Archive) -> None:
    archive.sandbox.folders("Sonstiges")
    archive.world.configure(document_types=[LETTER, "Mahnung"], limits={"batch_size": 1})
    first, second, third = letters(3, ANNA)
    archive.put(first, second, retyped(third, "Mahnung"))
    ran = archive.run()
    assert (ran.status, ran.progress.begun.count("send_document.2")) == ("ok", 1)
    assert sorted(entry["external_id"] for entry in ran.entries) == [LETTER, "Mahnung"]


@pytest.mark.parametrize(("loads", "batches"), [(1, 3), (2, 4)])
def test_there_are_as_many_batches_as_keep_all_loads_busy(archive: Archive, loads: int, batches: int) -> None:
    archive.world.configure(limits={"batch_size": 4, "parallel_loads": loads})
    archive.put(*(papers := letters(12, ANNA)))
    ran = archive.run()
    sent = {step for step in ran.progress.begun if step.startswith("send_document.")}
    assert (ran.status, sent) == ("ok", {f"send_document.{part}" for part in range(batches)})
    archive.assert_holds(*papers)


@pytest.mark.rule("O17")
def test_a_load_that_is_repeated_names_no_type_a_second_time(archive: Archive, worker: Worker) -> None:
    archive.sandbox.folders("Sonstiges")
    archive.world.configure(limits={"batch_size": 1})
    archive.put(*(papers := letters(2, ANNA)))
    archive.sandbox.fault("delay", "POST", "/documents", body_id=papers[1].id, seconds=2, when="after")
    pid = worker.start(archive.world.order(run := archive.world.next_run("documents"), "documents"))
    assert worker.kill_when(pid, 9, archive.sandbox, 6) == -9  # the second load has logged in, listed, and posts
    ran = archive.run(resume=run)
    assert (ran.status, [entry["external_id"] for entry in ran.entries]) == ("ok", [LETTER])
    archive.assert_holds(*papers)


@pytest.mark.rule("O17")
def test_folders_that_cannot_be_read_stop_the_load_but_no_removal(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "ATTEMPTS", 1)
    goes, comes = letters(2, ANNA)
    archive.settle(goes)
    archive.drop(goes)
    archive.put(comes)
    archive.sandbox.fault("status", "GET", "/document-types", status=500, times=None)
    ran = archive.run()
    assert (ran.status, ran.failed, writes(ran)) == ("failed", ["send_document.0"], [("DELETE", goes.id)])
    assert "/document-types: a page could not be read (PORTAL_FAULT)" in ran.why
    assert outcomes(ran) == {"removed": 1, "outstanding": 1}
    archive.heal()
    archive.assert_holds(comes)


# ---- the turn of the year


@pytest.mark.rule("E36", "O15", "E23", "R26")
def test_what_falls_out_at_the_turn_of_the_year_waits_for_approval(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    year = archive.world.today.year
    old = [dated(paper, date(year - 1, 12, 31)) for paper in letters(5, ANNA)]
    kept = [dated(paper, date(year, 1, 1)) for paper in letters(5, BERT, first=6)]
    archive.settle(*old, *kept)
    archive.world.configure(guard={"max_percent": 10})
    midnight = datetime(year, 12, 31, 23, tzinfo=UTC)  # in Berlin

    monkeypatch.setattr(steps, "utc_now", lambda: midnight - timedelta(seconds=1))
    assert archive.run().xcom["unchanged"] == 10
    monkeypatch.setattr(steps, "utc_now", lambda: midnight)
    held_back = archive.run()
    assert (held_back.status, held_back.requests) == ("ok", [])
    assert held_back.named("guarded") == {paper.id: ("REMOVAL_GUARD", None) for paper in old}

    answer(archive.world)
    assert outcomes(archive.run()) == {"removed": 5}
    archive.assert_holds(*kept)


# ---- names, types, sizes, places


@pytest.mark.rule("E37")
def test_a_name_is_made_safe_and_its_umlauts_stay(archive: Archive) -> None:
    archive.put(replace(Paper(1, ANNA), row={"file_name": "Kanari Prüfung für Groß.pdf.exe"}))
    assert archive.run().status == "ok"
    (found,) = archive.world.portal("documents").values()
    assert (found["fileName"], found["mediaType"]) == ("Kanari Prüfung für Groß.pdf", "application/pdf")


def test_a_long_upload_says_how_far_it_is_and_nothing_else(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(upload, "TELL_EVERY", 0)
    archive.put(paper := replace(Paper(1, ANNA), content=NEW.ljust(3 * 2**20)))
    assert archive.run().status == "ok"
    archive.assert_holds(paper)
    said = [record.getMessage() for record in caplog.records if record.name == upload.__name__]
    assert said == [f"{paper.id}: {done} of 3 MB sent" for done in (1, 2, 3)]


def in_docuware(paper: Paper, number: int) -> Paper:
    """Return the document as one that lies in the stand-in for DocuWare."""
    place = {"storage": "DOCUWARE", "path": f"demo/{number}", "size": None}
    return replace(paper, content=pdf_saying(f"Dokument {number}"), row={**paper.row, **place})


@pytest.mark.rule("R30")
def test_a_content_out_of_docuware_arrives(archive: Archive) -> None:
    archive.connect("docuware", conn_type="http", host=archive.sandbox.url + PLATFORM, login=KEY, password=SECRET)
    archive.put(*(papers := [in_docuware(Paper(1, ANNA), 7), Paper(2, BERT)]))
    assert outcomes(archive.run()) == {"created": 2}
    archive.assert_holds(*papers)


@pytest.mark.rule("R54")
def test_a_password_that_docuware_refuses_stops_only_what_lies_there(archive: Archive) -> None:
    archive.world.configure(limits={"failures_in_a_row": 3, "parallel_requests": 1})
    archive.connect("docuware", conn_type="http", host=archive.sandbox.url + PLATFORM, login=KEY, password="falsch")
    there = [in_docuware(paper, paper.number) for paper in letters(4, ANNA)]
    archive.put(*there, here := Paper(9, BERT))
    ran = archive.run()
    assert ran.named("error") == {paper.id: ("DMS_REFUSED", None) for paper in there}
    archive.assert_holds(here)

    archive.connect("docuware", conn_type="http", host=archive.sandbox.url + PLATFORM, login=KEY, password=SECRET)
    archive.heal()
    archive.assert_holds(*there, here)


def test_nothing_personal_is_said_of_documents_that_fail(archive: Archive, caplog: pytest.LogCaptureFixture) -> None:
    """Subjects, file names and paths of this ERP hold a word that must turn up in its views and nowhere else."""
    archive.connect("docuware", conn_type="http", host="https://kanari.invalid/DocuWare", login="kanari", password="x")
    lost = replace(Paper(1, ANNA), content=None, path="kanari/fehlt.pdf")
    outside = replace(Paper(2, ANNA), path="../kanari.pdf")
    dms = replace(Paper(3, ANNA), row={"storage": "DOCUWARE", "path": "kanari/x"})
    odd = replace(Paper(4, ANNA), row={"path": "Kanari\x00vogel"})
    refused, torn = letters(2, BERT, first=5)
    archive.put(lost, outside, dms, odd, refused, torn)
    body = {"message": "Kanari"}
    archive.sandbox.fault("status", "POST", "/documents", body_id=refused.id, status=422, body=body, times=None)
    archive.sandbox.fault("drop", "*", "/documents*", times=1)

    ran = archive.run()

    failed = {lost.id, outside.id, dms.id, refused.id}
    assert (set(ran.named("error")), set(ran.named("invalid"))) == (failed, {odd.id})
    archive.world.assert_discreet(caplog.text)
    assert "kanari" in str(archive.world.rows(SP_DOKUMENT))


def test_documents_of_a_property_and_of_a_unit_hang_where_they_belong(archive: Archive) -> None:
    nobody = {"recipient_type": None, "recipient_id": None}
    archive.world.configure(unit_document_types=[LETTER], property_document_types=[LETTER])
    house = replace(Paper(1, ANNA), row=nobody)
    unit = replace(Paper(2, ANNA), row={**nobody, "unit_nr": "1"})
    archive.put(house, unit)
    assert outcomes(archive.run()) == {"created": 2}
    found = archive.world.portal("documents")
    assert (found[house.id]["propertyId"], found[unit.id]["unitId"]) == (HOUSE, f"{HOUSE}/1")


def test_where_there_are_no_documents_the_portal_is_asked_whether_it_has_some(archive: Archive) -> None:
    """The ledger knows of none: it might be lost."""
    ran = archive.run()
    assert (ran.status, [one["method"] for one in ran.requests], ran.logins) == ("ok", ["GET"], 1)
