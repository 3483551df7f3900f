"""Which refusals are final, how they are remembered, and for how long they count."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from include.casavi.endpoints import ENDPOINTS, Endpoint
from include.sync.deliver import Delivery
from include.sync.finality import ALIKE, CLOSED, Answered, mark_of, standing, suspicious
from include.sync.ledger import Failure
from include.sync.staging import Change
from include.sync.tally import Tally
from include.vocabulary.state import State

CONTACT = ENDPOINTS["contact"]
NOW = datetime(2027, 3, 8, 1, 0, tzinfo=UTC)
HASH = "0123456789abcdef0123456789abcdef"
TAKEN = Delivery(State.PRESENT, 201)
NO = Delivery(None, 422, "REFUSED", final=True)
OTHER_NO = Delivery(None, 400, "REFUSED", final=True)
FAULT = Delivery(None, 500, "PORTAL_FAULT")
NO_ADDRESS = Delivery(None, 404, CLOSED)
OURS = Delivery(None, None, "FILE_TOO_LARGE", final=True, is_answer=False, is_attempted=False)


def change(name: int) -> Change:
    return Change(
        external_id=str(name), action="create", decision="send", reason="ACTIVE", hash=HASH, properties=None,
        identity=None, parents=None, content="{}", replaced=False,
    )  # fmt: skip


def tallied(*deliveries: Delivery, before: dict[str, Failure] | None = None, most: int = 99) -> tuple[Tally, list[str]]:
    """Return a tally of these answers, and what it said of going on."""
    tally = Tally(CONTACT, before or {}, answered=0, most=most)
    said = [tally.add(change(number), delivery) for number, delivery in enumerate(deliveries)]
    return tally, [why for why in said if why]


def finals(tally: Tally, *, is_whole: bool = True) -> list[tuple[str, bool]]:
    """Return outcome and whether it is final, of each refusal."""
    return [(outcome, refused is not None) for _, outcome, _, refused in tally.outcomes(is_whole=is_whole)]


def in_ledger(refused: str | None, refused_at: str | None) -> pd.DataFrame:
    return pd.DataFrame({"external_id": ["1", "2"], "refused": [refused, None], "refused_at": [refused_at, None]})


@pytest.mark.rule("R54")
@pytest.mark.parametrize(
    ("refused", "answers", "is_suspicious"),
    [(1, 1, False), (2, 2, True), (2, 3, True), (2, 4, False), (5, 10, False), (6, 10, True), (0, 0, False)],
)
def test_refusals_are_suspicious_if_several_are_more_than_half(refused: int, answers: int, is_suspicious: bool) -> None:
    kind = Answered("create", 422, "REFUSED")
    assert suspicious({kind: refused}, answers) == ({kind} if is_suspicious else set())


@pytest.mark.rule("R54")
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([NO], [("REFUSED", True)]),
        ([TAKEN, NO, TAKEN], [("REFUSED", True)]),
        ([NO, TAKEN, NO], [(ALIKE, False)] * 2),
        ([NO, OTHER_NO], [("REFUSED", True)] * 2),
        ([NO, OTHER_NO, NO], [(ALIKE, False), ("REFUSED", True), (ALIKE, False)]),
        ([NO, FAULT, FAULT, NO], [("REFUSED", True)] * 2),
        ([NO, OURS, OURS, NO], [(ALIKE, False)] * 2),
        ([NO_ADDRESS, NO_ADDRESS], []),
    ],
)
def test_only_what_can_be_about_the_record_is_final(answers: list[Delivery], expected: list[tuple[str, bool]]) -> None:
    tally, _ = tallied(*answers)
    assert finals(tally) == expected


@pytest.mark.parametrize(
    ("answers", "stops"),
    [
        ([NO, NO, NO], True),
        ([NO, NO, TAKEN, NO], False),
        ([NO, NO, OTHER_NO, NO], False),
        ([NO, NO, OURS, NO], True),
        ([FAULT, NO_ADDRESS, FAULT], True),
        ([FAULT, NO, FAULT, FAULT], False),
        ([OURS, OURS, OURS], False),
    ],
)
def test_so_many_alike_in_a_row_end_a_load(answers: list[Delivery], stops: bool) -> None:
    _, said = tallied(*answers, most=3)
    assert bool(said) is stops


def test_a_load_that_ended_early_makes_nothing_final() -> None:
    tally, _ = tallied(OTHER_NO, TAKEN, TAKEN, TAKEN, NO, NO, NO, most=3)
    assert finals(tally, is_whole=False) == [(ALIKE, False)] * 3
    ended, _ = tallied(OTHER_NO, TAKEN, TAKEN, TAKEN)
    assert finals(ended, is_whole=False) == []


def test_what_was_said_of_the_same_content_before_is_final_at_once_and_has_no_weight() -> None:
    before = {"0": Failure("REFUSED", 422, mark_of(HASH, CONTACT)), "1": Failure("REFUSED", 422, "another content")}
    tally, said = tallied(NO, NO, before=before, most=2)
    assert said == []
    assert tally.refused_mark(change(0), NO) == mark_of(HASH, CONTACT)
    assert tally.refused_mark(change(0), OTHER_NO) is None
    assert tally.refused_mark(change(1), NO) is None
    assert tally.refused_mark(change(2), OURS) == mark_of(HASH, CONTACT)
    assert finals(tally) == [("REFUSED", True)]


@pytest.mark.rule("R54")
@pytest.mark.parametrize(
    ("refused_at", "counts"),
    [
        ("2027-03-08T00:59:59", True),
        ("2027-03-02T00:00:00", True),
        ("2027-03-01T23:59:59.999999", False),
        ("2027-03-01T00:00:00", False),
        (None, False),
    ],
)
def test_a_refusal_counts_for_so_many_days_and_not_if_an_attempt_since_is_in_doubt(
    refused_at: str | None, counts: bool
) -> None:
    known = in_ledger(mark_of(HASH, CONTACT), refused_at)
    refused = standing(known, CONTACT, NOW, days=7)["refused"]
    assert refused.fillna("").tolist() == [HASH[:24] if counts else "", ""]


@pytest.mark.parametrize(
    "otherwise",
    [
        CONTACT._replace(create=CONTACT.create._replace(path="/v3/contacts")),
        CONTACT._replace(update=CONTACT.create._replace(method="PATCH")),
        CONTACT._replace(remove=None),
        CONTACT._replace(removal=b"{}"),
    ],
)
def test_a_refusal_counts_only_as_long_as_it_would_be_sent_likewise(otherwise: Endpoint) -> None:
    known = in_ledger(mark_of(HASH, CONTACT), "2027-03-07T00:00:00")
    surer = CONTACT._replace(create=CONTACT.create._replace(evidence="confirmed"))
    assert standing(known, otherwise, NOW, days=7)["refused"].isna().all()
    assert standing(known, surer, NOW, days=7)["refused"].notna().sum() == 1


@pytest.mark.parametrize("content_hash", [HASH, "removed"])
def test_a_mark_fits_its_column(content_hash: str) -> None:
    assert len(mark_of(content_hash, CONTACT)) <= 32


def test_what_an_earlier_release_has_marked_is_tried_once_more() -> None:
    known = in_ledger(HASH, "2027-03-07T00:00:00")
    assert standing(known, CONTACT, NOW, days=7)["refused"].isna().all()
