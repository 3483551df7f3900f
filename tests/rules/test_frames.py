"""Frames are what the rules say of them, wherever one rule hands them to another.

The statement is the docstring's: a line such as "stand: frames.STAND" or "returns: frames.STAND".
"""

import functools
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from types import FunctionType
from typing import Any

import pandas as pd
import pytest
from pandas import DataFrame
from sqlalchemy import Column, Date, DateTime, Integer, LargeBinary, Numeric

import include.rules
from include.ixhaus.contract import FRAMES, VIEWS
from include.rules import documents, frames, objects, owners_caretakers, persons, reports
from include.rules.reports import audience
from include.settings import SystemSettings
from include.vocabulary.decision import CONTROL_COLUMNS
from tests.rules import builders
from tests.rules.builders import (
    KINDS,
    SETTINGS,
    TENANTS,
    TODAY,
    Records,
    Row,
    came_in,
    caretaker,
    contract,
    document,
    entrance,
    file,
    held,
    licence,
    note,
    order,
    owner,
    partner,
    person,
    prop,
    report,
    role,
    unit,
    views_of,
)

MODULES = [importlib.import_module(one.name) for one in pkgutil.walk_packages(include.rules.__path__, "include.rules.")]
STATEMENT = re.compile(r"^\s*(\w+): +(.*frames\.[A-Z].*)$", re.MULTILINE)
NAMED = re.compile(r"frames\.([A-Z_]+)")
GROUPS = (objects.decide, persons.decide, owners_caretakers.decide, documents.decide, reports.decide)
UNSTATED = {
    "agreements_of(contracts)", "decide_contracts(units)", "decide_comments(users)", "decide_tickets(units)",
    "caretakings_of(licences)", "ownerships_of(licences)", "is_licensed(licences)", "kinds_of(report_kinds)",
    "of_released_team(teams)", "is_let(units)", "is_let(contracts)", "is_wanted(units)",
}  # fmt: skip
"""Source frames, as the contract states them."""
ANY = {
    "cleaned(frame)", "cleaned(returns)", "keyed(frame)", "keyed(returns)",
    "first_hit(frame)", "outcome(content)", "in_order(content)", "finished(content)", "is_any_cut(content)",
    "of_type(known)", "of_type(returns)", "nothing(returns)",
}  # fmt: skip
"""Of whatever columns; content is payload fields."""
OF_TELLING = "include.rules.reports.events"
"""Its frames are kept with what tells of events."""

PUBLIC = {
    f"{module.__name__}.{name}": function
    for module in MODULES
    for name, function in vars(module).items()
    if isinstance(function, FunctionType) and function.__module__ == module.__name__ and not name.startswith("_")
}
STATED: dict[str, dict[str, list[str]]] = {
    name: {part: NAMED.findall(text) for part, text in STATEMENT.findall(inspect.getdoc(function) or "")}
    for name, function in PUBLIC.items()
}
CHECKED = {name for name, stated in STATED.items() if stated}
OF_DOCUMENTS = {"include.rules.docuware.with_attributes", "include.rules.tenancies.tenancies_of"}
"""What is not asked where there are none."""

TENANT = partner("P1", email="kim@example.org", telephone="anonymisiert")
HOUSE = Records().plus(
    prop("100"), prop("110", name=None), unit("1"), entrance("1", "Weg 1"), entrance("2", None),
    person(contract(role(partner("P2"), begin="2021-01-01"), role("P9")), partner=TENANT),
    person(contract(nr="V2", unit_nr="2", end="2025-01-01"), key="100.2.1", person_type="Interessent"),
    owner(partner("P3", email="a@example.org, b@example.org")), owner("P1"), caretaker(partner("P4")),
    licence("Objekteigentümer", "Hausmeister", "Komfortpaket"),
)  # fmt: skip
PAPERS = Records().plus(
    document(), document("D2", recipient_type=None, recipient_id=None, unit_nr="1"),
    document("D3", storage="DOCUWARE", dms_fields='{"OBJEKT": "100"}'), document("D4", dms_fields="no object"),
)  # fmt: skip
REPORTS = Records().plus(
    report(note(files=[file("F2")]), note("N2", is_public=False), file(), order(), reporter_partner="P1"),
    report(nr="M2", report_kind="AUSHANG"), report(nr="M3", report_kind="OBJEKT", unit_nr=None),
    report(nr="M4", report_kind=None, reporter_person=None), came_in("ticket", "X1", "M1"),
)  # fmt: skip
LEDGER = [
    *TENANTS,
    held("P1", "removed", identity="2020-01-01T00:00:00"),
    held("V1", record_type="contract"),
    held("D1", record_type="document", identity="another"),
    held("X1", record_type="ticket", identity="100.9.9", acknowledged_at="2026-06-01T08:00:00"),
    held("X1~100.1.1", "new", record_type="ticket", identity="100.1.1 first"),
    held("M2", "removed", record_type="post", identity="text first"),
    held("N1", record_type="comment"),
]
WORLDS: dict[str, tuple[list[Records], list[Row]]] = {
    "nothing": ([], []),
    "nothing but a ledger": ([], LEDGER),
    "one house": ([HOUSE, PAPERS, *KINDS, REPORTS], []),
    "one house that the portal knows": ([HOUSE, PAPERS, *KINDS, REPORTS], LEDGER),
}


def complaints(value: object, stated: list[str], where: str) -> Iterator[str]:
    """Yield what is not as stated: columns that are missing or of another type."""
    if isinstance(value, DataFrame) and stated:
        yield from _differences(value, getattr(frames, stated[0]), where)
    elif hasattr(value, "_fields"):
        for part, frame in getattr(frames, type(value).__name__.upper()).items():
            yield from _differences(getattr(value, part), frame, f"{where}.{part}")
    elif isinstance(value, tuple) and stated:
        for one, name in zip(value, stated, strict=True):
            yield from complaints(one, [name], where)


def _differences(value: DataFrame, frame: frames.Frame, where: str) -> Iterator[str]:
    for name, dtype in frame.items():
        found = str(value[name].dtype) if name in value else "missing"
        if found != dtype:
            yield f"{where}: {name} is {found} instead of {dtype}"


class Watch:
    """Looks at every frame that stated functions take and return."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self.called: set[str] = set()

    def over(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        signature, stated = inspect.signature(function), STATED[name]

        @functools.wraps(function)
        def watched(*given: Any, **named: Any) -> Any:
            self.called.add(name)
            for part, value in signature.bind(*given, **named).arguments.items():
                if not isinstance(value, Mapping):
                    self.found |= set(complaints(value, stated.get(part, []), f"{name}({part})"))
            result = function(*given, **named)
            self.found |= set(complaints(result, stated.get("returns", []), f"{name}()"))
            return result

        return watched


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    names = {function: name for name, function in PUBLIC.items()}
    for module in [*MODULES, builders]:
        for name, function in list(vars(module).items()):
            if isinstance(function, FunctionType) and function in names:
                monkeypatch.setattr(module, name, watch.over(names[function], function))
    return watch


def ledger_of(rows: list[Row]) -> DataFrame:
    return DataFrame(rows, columns=list(frames.LEDGER)).astype("str")


def decide_all(world: list[Records], known: list[Row]) -> Iterator[tuple[str, DataFrame]]:
    """Let every group decide, and what follows from reports; yields what is handed over, under its name."""
    views, ledger = views_of(*world), ledger_of(known)
    settings = SystemSettings(system="production", **SETTINGS, post_author="S1", document_types=["Anschreiben"])
    for module in (objects, persons, owners_caretakers, documents, reports):
        yield from module.decide(views, ledger, settings, date.fromisoformat(TODAY)).items()


@pytest.mark.parametrize("name", WORLDS)
def test_frames_are_as_stated_from_view_to_portal(watch: Watch, name: str) -> None:
    world, known = WORLDS[name]
    for record_type, frame in decide_all(world, known):
        watch.found |= set(complaints(frame, ["SHOWN" if record_type == "classified" else "DECIDED"], record_type))
        if record_type == "classified":
            reports.portal_field(frame, ledger_of(known))
    views = views_of(*world)
    reports.columns_to_clear(views["reports"], views["notes"], "S1")
    told = {name: pd.array(["x"], dtype="str") if dtype == "str" else [True] for name, dtype in frames.TELLING.items()}
    reports.channels(DataFrame(told))
    listed = DataFrame({name: pd.array(["100"], dtype="str") for name in frames.LISTED})
    for whose in (documents.audience_in_portal, audience.audience_in_portal):
        whose(listed)
    assert sorted(watch.found) == []
    assert watch.called >= CHECKED - (OF_DOCUMENTS if views["documents"].empty else set())


def test_rules_name_only_frames_there_are_and_parameters_they_have() -> None:
    for name, stated in STATED.items():
        assert set(stated) <= {*inspect.signature(PUBLIC[name]).parameters, "returns"}, name
        assert [one for some in stated.values() for one in some if not hasattr(frames, one)] == [], name


def _unstated(name: str, function: FunctionType) -> Iterator[str]:
    parts = {part: one.annotation for part, one in inspect.signature(function).parameters.items()}
    parts["returns"] = inspect.signature(function).return_annotation
    for part, kind in parts.items():
        text = inspect.formatannotation(kind)
        if "DataFrame" in text and "Mapping" not in text and part not in STATED[name]:
            yield f"{name.rpartition('.')[2]}({part})"


def test_every_frame_that_public_rules_take_or_return_is_stated_once() -> None:
    found = {one for name, function in PUBLIC.items() if OF_TELLING not in name for one in _unstated(name, function)}
    assert found == UNSTATED | ANY


def test_what_is_stated_of_ledger_and_decision_is_what_the_sync_core_gives_and_takes() -> None:
    from include.sync.decide import RULES_SEE  # brings Airflow, which no other test of the rules needs

    assert list(frames.LEDGER) == RULES_SEE
    assert list(frames.DECIDED) == list(CONTROL_COLUMNS)


def _dtype(column: Column[Any]) -> str:
    if column.info.get("flag"):
        return "bool"
    if isinstance(column.type, Date | DateTime):
        return "datetime64[us]"
    return "Int64" if isinstance(column.type, Integer | Numeric) else "str"


def test_worlds_of_the_tests_have_the_columns_that_the_contract_states() -> None:
    contract_of = {frame: VIEWS[view] for view, frame in FRAMES.items()}
    for name, frame in views_of().items():
        columns = {} if name == "inbox" else {column.key: column for column in contract_of[name].columns}
        wanted = {key: _dtype(one) for key, one in columns.items() if not isinstance(one.type, LargeBinary)}
        built = {str(column): str(kind) for column, kind in frame.dtypes.items()}
        assert built == (dict(frames.INBOX) if name == "inbox" else wanted), name
