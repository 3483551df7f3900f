"""One odd record of iX-Haus is one record's problem, whatever stands in it.

`make fuzz` looks for further odd rows at random; what it finds it prints as a line for FOUND.
"""

import os
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from include.ixhaus.contract import FRAMES
from tests.fuzz.houses import HOUSES, Outcomes, Row, house, outcomes, readers, source_of
from tests.fuzz.odd import CANARY, ODD_HOUSES, odd_rows

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2"))
"""Of a hundred odd rows each."""
BELOW = ("SP_DOKUMENT", "SP_NOTIZ", "SP_ANHANG", "SP_BEAUFTRAGUNG")
"""Views whose rows nothing hangs on: without one, all other records are as with it."""
MADE_OF = {
    "SP_OBJEKT": "property", "SP_EINHEIT": "unit", "SP_PERSON": "contact", "SP_VERTRAG": "contract",
    "SP_VERTRAGSROLLE": "contract", "SP_DOKUMENT": "document", "SP_MELDUNG": "ticket", "SP_NOTIZ": "comment",
    "SP_ANHANG": "attachment", "SP_BEAUFTRAGUNG": "comment", "SP_MELDUNGSART": "ticket_type",
}  # fmt: skip
"""View → record type of which each of its rows is one, in one group."""
FOUND: Sequence[tuple[str, Row]] = [
    ("SP_OBJEKT", {"property_nr": "100", "name": "a\r\nb\tc", "street": "x" * 255, "city": "\x80"}),
    ("SP_PERSON", {"person_key": "100.2.1", "property_nr": "100", "person_type": "Mieter", "last_name": f"{CANARY}\0"}),
    ("SP_NOTIZ", {"note_id": "N/100~P", "report_nr": "M100", "text": "{\\rtf1 x}", "is_public": "J"}),
]
"""View and odd row, of house 100."""


@pytest.mark.rule("R50")
@pytest.mark.parametrize("view", FRAMES)
def test_an_odd_row_is_one_records_problem(view: str) -> None:
    # Rows of a hundred houses are not made simpler together: the one that matters is, see `_told`.
    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(odd_rows(view))
    def holds(rows: list[Row]) -> None:
        try:
            assert_one_records_problem(view, rows)
        except Exception as error:
            error.add_note(_told(view, rows))
            raise

    holds()


@pytest.mark.rule("R50")
@pytest.mark.parametrize(("view", "row"), FOUND)
def test_a_row_that_was_found_is_one_records_problem(view: str, row: Row) -> None:
    assert_one_records_problem(view, [row])


def assert_one_records_problem(view: str, rows: Sequence[Row | None]) -> None:
    """One row of each odd house is another one; all other records must not notice, and its own has one outcome."""
    usual = [house(number) for number in HOUSES]
    odd = [
        {**one, view: [*one.get(view, [])[:-1], row]} if row else one
        for one, row in zip(usual, [*rows, *[None] * len(HOUSES)], strict=False)
    ]
    found = outcomes(odd, readers(view))
    assert not [key for key, one in found.items() if CANARY in one.said.lower()]
    given_rows = [row for row in rows if row]
    _assert_others_as_without(view, given_rows, found)
    for row in given_rows if view in MADE_OF else ():
        source = source_of(view, row)
        named = [key for key, one in found.items() if source in one.source and key[1] == MADE_OF[view]]
        assert len({group for group, _, _ in named}) == len(named) > 0, (source, named)


def _assert_others_as_without(view: str, rows: Sequence[Row], found: Outcomes) -> None:
    expected = _without(view)
    odd = {source_of(view, row) for row in rows}
    untouched = [str(number) for number in HOUSES[len(ODD_HOUSES) :]]
    for key, one in expected.items():
        if view in BELOW or any(number in key[2] for number in untouched):
            assert found.get(key) == one, key
    if view in BELOW and len(rows) == len(ODD_HOUSES):
        assert all(any(name in found[key].source for name in odd) for key in found.keys() - expected.keys())


@cache
def _without(view: str) -> Outcomes:
    """What becomes of everything, the odd houses having no row of this view."""
    usual = [house(number) for number in HOUSES]
    others = [{**one, view: one.get(view, [])[:-1]} for one in usual[: len(ODD_HOUSES)]]
    return outcomes([*others, *usual[len(ODD_HOUSES) :]], readers(view))


def _told(view: str, rows: Sequence[Row]) -> str:
    """Return which row it is, its columns as usual but for those that matter, as a line for FOUND."""
    for place, row in enumerate(rows):
        before: list[Row | None] = [None] * place
        if _is_fine(view, [*before, row]):
            continue
        usual = house(ODD_HOUSES[place]).get(view, [{}])[-1]
        for name in row:
            simpler = {**row, name: usual.get(name)}
            row = row if _is_fine(view, [*before, simpler]) else simpler
        return f"for FOUND, as a row of house {ODD_HOUSES[place]}: ({view!r}, {row!r})"
    return "no single row is to blame"


def _is_fine(view: str, rows: Sequence[Row | None]) -> bool:
    try:
        assert_one_records_problem(view, rows)
    except Exception:
        return False
    return True
