"""Rows as a real iX-Haus may hold them: of the types that the contract says, nasty and plausible mixed."""

from datetime import date, datetime, time
from typing import Any, Final

from hypothesis import strategies as st
from sqlalchemy import Column, Date, DateTime, Integer, LargeBinary, Numeric, Table, Text

from include.ixhaus.contract import VIEWS
from tests.fuzz.houses import HOUSES, Row, house

CANARY: Final = "kanari"
"""Stands in many odd texts, and must stand in nothing that is said of them."""
ODD_HOUSES: Final = HOUSES[:-3]
"""Those with an odd row; the last ones have none."""
_LONGEST: Final = 5_000
_SIGNS: Final = st.sampled_from(
    ["\n", "\r\n", "\t", "\0", "\x1f", "\x7f", "\x80", "\x96", "\u00ad", "\u200b", "\ufeff", "\u202e", "u\u0308", "ß",
     "🛠️", "|", "/", "~", "\\", "<b>", "&amp;", "{", "}", "{order.number}", "{{ x }}", "%", '"', ";", "--", "..", " "]
)  # fmt: skip
_TYPICAL: Final = st.sampled_from(
    ["", " ", "-", "keine", "k.A.", "anonymisiert", "0", "007", "J", "j", "NULL", "None", "nan", "inf", "1e308", "{}",
     "[]", '{"a": 1}', "null", "P", "K", "MIETE", "EIGENTUM", "Mieter", "Neu", "Abgeschlossen", "PORTAL", "ERP",
     "DATEI", "DOCUWARE", "Stellplatz", "Herr", "Frau", "0221/123456", "+49 221 1", "110", "a@b", "x@@y",
     "a@b.de; c@d.de", "mailto:a@b.de", "{\\rtf1 Hallo}", "01.02.2026", "2026-02-30",
     "https://example.org", "javascript:alert(1)"]
)  # fmt: skip
_NUMBERS: Final = [0, 1, -1, 2, 1_000, 2**31, 2**53 + 1, 10**17, -(10**17)]
_PLAUSIBLE: Final = [date(2019, 12, 31), date(2024, 2, 29), date(2026, 6, 14), date(2026, 6, 15)]
_NASTY: Final = [
    date(1, 1, 1), date(1, 1, 2), date(1899, 12, 30), date(1970, 1, 1), date(2026, 6, 16), date(2027, 1, 1),
    date(9999, 12, 30), date(9999, 12, 31),
]  # fmt: skip


def odd_rows(view: str) -> st.SearchStrategy[list[Row]]:
    """Return one row of a view for each odd house, all columns as usual but for one to three."""
    return st.tuples(*(_row(view, number) for number in ODD_HOUSES)).map(list)


def _row(view: str, number: int) -> st.SearchStrategy[Row]:
    table = VIEWS[view]
    usual = house(number)[view][-1] if view in house(number) else _further(table, number)
    names = [column.key for column in table.columns if not isinstance(column.type, LargeBinary)]
    keys = [column.key for column in table.primary_key]
    others = [name for name in names if name not in keys]
    chances = st.sampled_from([*keys, *others * 3])  # a record whose key leads nowhere is seldom sent
    changed = st.lists(chances, min_size=1, max_size=3, unique=True)
    return changed.flatmap(
        lambda chosen: st.fixed_dictionaries({name: _value(table.columns[name], number) for name in chosen})
    ).map(lambda odd: usual | odd)


def _further(table: Table, number: int) -> Row:
    """Return a row beside those that every iX-Haus has, such as a licence of another name."""
    return {column.key: f"{number}" for column in table.primary_key}


def _value(column: Column[Any], number: int) -> st.SearchStrategy[Any]:
    if column.info.get("flag"):
        return st.sampled_from([None, "J", "N"])
    if column.primary_key:  # never empty, and each its own
        return _text(_length(column) - 4).map(lambda text: f"{text}{number}")
    if isinstance(column.type, Date):
        return st.none() | st.sampled_from(_PLAUSIBLE) | st.sampled_from(_NASTY) | st.dates()
    if isinstance(column.type, DateTime):
        moments = [datetime.combine(day, time.max) for day in (*_PLAUSIBLE, *_NASTY)]
        return st.none() | st.sampled_from(moments) | st.datetimes()
    if isinstance(column.type, Integer | Numeric):
        return st.sampled_from([None, *_NUMBERS])
    return st.none() | _text(_length(column))


def _text(longest: int) -> st.SearchStrategy[str]:
    letters = st.characters(exclude_categories=["Cs"])
    pieces = st.lists(st.just(CANARY) | _TYPICAL | _SIGNS | letters, max_size=6).map("".join)
    long = st.sampled_from(["x", "ä", "🛠", "x "]).map(lambda sign: sign * longest)
    among = pieces.map(lambda text: f"{CANARY} {text} {CANARY}")
    return (_TYPICAL | pieces | among | long).map(lambda one: one[:longest])


def _length(column: Column[Any]) -> int:
    return _LONGEST if isinstance(column.type, Text) else int(getattr(column.type, "length", None) or _LONGEST)
