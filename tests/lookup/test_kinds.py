"""A row of iX-Haus from which a record is made is asked for as the record that it is."""

import pytest

from include.lookup.kinds import KINDS, asked_by
from include.vocabulary import ids


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (ids.source("SP_OBJEKT", "100"), ("property", "100")),
        (ids.source("SP_EINHEIT", ids.unit("100/1", "2 a")), ("unit", "100%2F1/2 a")),
        (ids.source("SP_PERSON", "129.R16.1"), ("person", "129.R16.1")),
        (ids.source("SP_PARTNER", "47 11"), ("person", "47 11")),
        (ids.source("SP_VERTRAG", "2020/17"), ("contract", "2020/17")),
        (ids.source("SP_VERTRAGSROLLE", "2020/17", "4711", "MITBEWOHNER"), ("contract", "2020/17")),
        (ids.source("SP_EIGENTUEMER", "100/1", "4/711"), ("owner", "4/711")),
        (ids.source("SP_HAUSMEISTER", "100", "4712"), ("caretaker", "4712")),
        (ids.source("SP_DOKUMENT", "DOK:1/2"), ("document", "DOK:1/2")),
        (ids.source("SP_MELDUNG", "M-1"), ("report", "M-1")),
        (ids.source("SP_NOTIZ", "N-1"), ("note", "N-1")),
        (ids.source("SP_BEAUFTRAGUNG", "7"), ("note", "7")),
        (ids.source("SP_ANHANG", "A-1"), ("attachment", "A-1")),
        (ids.source("SP_HAUSEINGANG", "100", "1"), None),
        (ids.source("SP_MELDUNGSART", "R39"), None),
    ],
)
def test_a_row_is_asked_for_as_what_it_is(row: str, expected: tuple[str, str] | None) -> None:
    assert asked_by(row) == expected


def test_the_rows_of_every_view_that_a_kind_names_can_be_asked_for() -> None:
    views = {view.strip("/") for kind in KINDS.values() for view in kind.views}
    assert [view for view in views if not asked_by(ids.source(view, "1", "2", "3"))] == []
