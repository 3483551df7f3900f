"""What comparing portal, ledger and decisions says of each record."""

from typing import Any

import pandas as pd
import pytest

from include.sync.reconcile.findings import Finding, forms, judge, parts, told_apart

LEDGER = ("external_id", "state", "hash", "reason", "properties", "identity", "parents", "group", "portal_id")
LISTED = (
    "portal_id", "number", "digest", "property_id", "unit_id", "contact_id", "created_at", "parent", "has_access",
    "is_gone",
)  # fmt: skip
DECIDED = ("external_id", "decision", "reason", "hash", "digest", "properties", "identity", "parents")


def frame(columns: tuple[str, ...], *rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([{name: row.get(name) for name in columns} for row in rows], columns=columns, dtype=object)


def finding(
    ledger: dict[str, Any] | None = None, portal: dict[str, Any] | None = None, decided: dict[str, Any] | None = None
) -> str:
    """What is found of the record 4711, with what each side says of it (None: nothing)."""
    known = frame(LEDGER, *([{"external_id": "4711"} | ledger] if ledger else []))
    usual = {"portal_id": "4711", "digest": "d1", "has_access": True, "is_gone": False}
    listed = frame(LISTED, *([usual | portal] if portal else []))
    named = {"external_id": "4711", "decision": "send", "reason": "ACTIVE", "hash": "h1", "digest": "d1"}
    desired = frame(DECIDED, *([named | decided] if decided is not None else []), {"external_id": "1"})
    told = told_apart(listed, known).assign(identity=None)
    ours = set(forms(pd.Series(["4711", "1"], dtype="str")))
    judged = judge(desired, known, told, ours).set_index("external_id")["finding"]
    return str(judged.get("4711", ""))


PRESENT = {"state": "present", "hash": "h1"}
SHOWN: dict[str, Any] = {"digest": "d1"}


@pytest.mark.parametrize(
    ("ledger", "portal", "decided", "expected"),
    [
        (PRESENT, SHOWN, {}, Finding.IN_STEP),
        (PRESENT, None, {}, Finding.MISSING),
        (PRESENT, {"digest": "d2"}, {}, Finding.DRIFTED),
        (PRESENT | {"portal_id": "4711~v2"}, SHOWN, {}, Finding.DRIFTED),  # an earlier copy
        (PRESENT, {"digest": "d2"}, {"hash": "h2"}, Finding.IN_STEP),  # is to be changed anyway
        (PRESENT, SHOWN, None, Finding.IN_STEP),  # is to leave anyway
        ({"state": "restricted", "hash": "h1"}, SHOWN, None, Finding.DRIFTED),
        ({"state": "pending"}, SHOWN, {}, Finding.ADOPTED),
        ({"state": "pending"}, None, {}, ""),
        ({"state": "removed"}, SHOWN, None, Finding.RETURNED),
        ({"state": "removed"}, {"is_gone": True}, None, ""),
        ({"state": "removed"}, None, {}, ""),
        ({"state": "new"}, SHOWN, {}, Finding.ADOPTED),
        ({"state": "new"}, None, {}, ""),
        (None, SHOWN, {}, Finding.ADOPTED),
        (None, SHOWN, {"decision": "remove"}, Finding.ADOPTED),
        (None, SHOWN, {"decision": "withhold", "reason": "FROM_PORTAL"}, Finding.FOREIGN),
        (None, SHOWN, None, Finding.ORPHAN),
        (None, None, {}, ""),
    ],
)
def test_each_record_has_one_finding(
    ledger: dict[str, Any] | None, portal: dict[str, Any] | None, decided: dict[str, Any] | None, expected: str
) -> None:
    assert finding(ledger, portal, decided) == expected


@pytest.mark.parametrize(
    ("external_id", "is_ours"),
    [
        ("4712", True), ("110.1.1", True), ("110.1.1~20260501", True), ("V-8", True), ("100/2", True),
        ("7f0c9a52-8a6e-4b21-9d3f-0c1d2e3f4a5b", False), ("Hausmeister Krause", False), ("", False),
    ],
)  # fmt: skip
def test_ids_of_our_form_are_those_that_look_like_ours(external_id: str, is_ours: bool) -> None:
    ours = pd.Series(["4711", "100.2.1", "V-7", "100/1"], dtype="str")
    assert forms(pd.Series([external_id], dtype="str")).isin(set(forms(ours))).tolist() == [is_ours]


def test_of_a_replacement_and_what_it_replaces_the_ledger_says_which_counts() -> None:
    rows = [{"portal_id": name, "created_at": at} for name, at in (("D1", "2026-01-01"), ("D1~v2", "2026-02-01"))]
    for named, others in (("D1~v2", {"D1": "D1~v1"}), (None, {"D1~v2": "D1~v2"})):
        told = told_apart(frame(LISTED, *rows), frame(LEDGER, {"external_id": "D1", "portal_id": named}))
        stand_for = dict(zip(told["portal_id"], told["external_id"], strict=True))
        assert stand_for == {named or "D1": "D1"} | others


def test_without_a_ledger_the_newest_of_both_counts() -> None:
    rows = [{"portal_id": name, "created_at": at} for name, at in (("D1", "2026-01-01"), ("D1~v2", "2026-02-01"))]
    told = told_apart(frame(LISTED, *rows), frame(LEDGER))
    assert dict(zip(told["portal_id"], told["external_id"], strict=True)) == {"D1~v2": "D1", "D1": "D1~v1"}


def test_every_record_is_in_one_part_with_all_that_is_said_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("include.sync.reconcile.findings._AT_ONCE", 7)
    sides = [pd.DataFrame({"external_id": [str(one) for one in range(first, 40)]}) for first in (0, 10, 20)]
    found = [{name: set(side["external_id"]) for name, side in enumerate(part)} for part in parts(*sides)]
    assert len(found) == 6
    for name, side in enumerate(sides):
        assert sorted(one for part in found for one in part[name]) == sorted(side["external_id"])
    assert all(part[2] <= part[1] <= part[0] for part in found)
