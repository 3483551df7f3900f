"""Each defect is named, with who sees to it: alone, and among nine others."""

import pytest

from include.doctor import Finding, Severity, exit_code
from tests.doctor.clinic import Clinic
from tests.doctor.defects import DEFECTS, TOGETHER, Defect

MIXED = sorted(TOGETHER, key=lambda defect: (defect.code, defect.where))
TENS = [MIXED[min(start, len(MIXED) - 10) :][:10] for start in range(0, len(MIXED), 10)]
"""All that may stand beside each other, in tens of several areas."""


def named(defect: Defect, findings: list[Finding]) -> Finding:
    found = [one for one in findings if one.code == defect.code and one.where.startswith(defect.where)]
    assert found, (defect.code, [(one.code, one.where) for one in findings])
    return found[0]


def new(findings: list[Finding], healthy: list[Finding]) -> list[Finding]:
    return [one for one in findings if one not in healthy]


def assert_named(defect: Defect, findings: list[Finding]) -> None:
    found = named(defect, findings)
    assert (found.who, found.severity) == (defect.who, defect.severity)
    for text in (found.what, found.remedy):
        assert text.german.strip()
        assert text.english.strip()


def test_the_sample_is_healthy(healthy: list[Finding]) -> None:
    assert [one for one in healthy if one.severity > Severity.NOTE] == []
    assert exit_code(healthy) == 0
    assert "NOBODY_TOLD" in {one.code for one in healthy}  # its settings name no notifier


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect.code}-{defect.where}")
def test_a_defect_is_named(defect: Defect, clinic: Clinic, healthy: list[Finding]) -> None:
    defect.plant(clinic)
    found = new(clinic.examine(), healthy)
    assert_named(defect, found)
    assert exit_code(found) == max(0, defect.severity - Severity.NOTE), found


@pytest.mark.parametrize("ten", TENS, ids=lambda ten: ten[0].code)
def test_ten_defects_are_named_at_once(ten: list[Defect], clinic: Clinic, healthy: list[Finding]) -> None:
    assert len(ten) == 10
    for defect in ten:
        defect.plant(clinic)
    found = new(clinic.examine(), healthy)
    for defect in ten:
        assert_named(defect, found)


def test_there_are_forty_and_more() -> None:
    assert len(DEFECTS) >= 40
    assert len({one.code for one in DEFECTS}) >= 40
