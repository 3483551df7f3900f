"""What the views hold: keys, references, flags, whole numbers, dates, lengths, time stamps."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Numeric,
    String,
    Table,
    and_,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from include.doctor.data_texts import SAYINGS
from include.doctor.database import WATCHED
from include.doctor.finding import Finding, said
from include.doctor.patient import Check, Patient
from include.doctor.shape import each, live_columns
from include.ixhaus.contract import NO, NO_DATES, VIEWS, YES
from include.vocabulary.clock import BERLIN

IDS_SHOWN: Final = 10
MANY: Final = 0.05
"""From this share of a view on a reference that leads nowhere is no longer everyday life."""
_FIRST, _LAST = date(1900, 1, 1), date(2200, 1, 1)
_DAY: Final = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*"


class Reference(NamedTuple):
    """Columns of a view that name a row of another, whose columns are called the same unless `to` says otherwise."""

    view: str
    target: str
    columns: tuple[str, ...]
    to: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it as it is said."""
        return f"{self.view}.{'+'.join(VIEWS[self.view].c[name].name for name in self.columns)} → {self.target}"


class _Wrong(NamedTuple):
    """Which rows are wrong, and what is said of them."""

    condition: ColumnElement[bool]
    code: str
    where: str
    places: Mapping[str, object] = MappingProxyType({})


def _refers(line: str) -> Reference:
    view, columns, target, *to = line.split()
    return Reference(view, target, tuple(columns.split("+")), tuple(to))


REFERENCES: Final = tuple(map(_refers, (
    "SP_HAUSEINGANG property_nr SP_OBJEKT",
    "SP_EINHEIT property_nr SP_OBJEKT",
    "SP_EINHEIT property_nr+entrance_nr SP_HAUSEINGANG",
    "SP_OBJEKT team_nr SP_TEAM",
    "SP_PERSON property_nr SP_OBJEKT",
    "SP_PERSON partner_nr SP_PARTNER",
    "SP_VERTRAG property_nr+unit_nr SP_EINHEIT",
    "SP_VERTRAG person_key SP_PERSON",
    "SP_VERTRAGSROLLE contract_nr SP_VERTRAG",
    "SP_VERTRAGSROLLE partner_nr SP_PARTNER",
    "SP_EIGENTUEMER property_nr SP_OBJEKT",
    "SP_EIGENTUEMER partner_nr SP_PARTNER",
    "SP_HAUSMEISTER property_nr SP_OBJEKT",
    "SP_HAUSMEISTER partner_nr SP_PARTNER",
    "SP_DOKUMENT property_nr SP_OBJEKT",
    "SP_DOKUMENT contract_nr SP_VERTRAG",
    "SP_DOKUMENT_INHALT document_id SP_DOKUMENT",
    "SP_TEAM user_nr SP_BENUTZER",
    "SP_MELDUNG property_nr SP_OBJEKT",
    "SP_MELDUNG property_nr+unit_nr SP_EINHEIT",
    "SP_MELDUNG report_kind SP_MELDUNGSART",
    "SP_MELDUNG team_nr SP_TEAM",
    "SP_MELDUNG reporter_person SP_PERSON person_key",
    "SP_MELDUNG reporter_partner SP_PARTNER partner_nr",
    "SP_NOTIZ report_nr SP_MELDUNG",
    "SP_ANHANG report_nr SP_MELDUNG",
    "SP_ANHANG note_id SP_NOTIZ",
    "SP_BEAUFTRAGUNG report_nr SP_MELDUNG",
)))  # fmt: skip


def keys(view: Table, patient: Patient) -> Iterator[Finding]:
    """Find rows without a key, several rows with one key, and keys with blanks at the end."""
    parts = list(view.primary_key)
    empty = patient.count(view, or_(*(or_(part.is_(None), part == "") for part in parts)))
    if empty:
        yield said(SAYINGS, "KEY_EMPTY", view.name, number=empty)
    twice = select(*parts).where(*(part.is_not(None) for part in parts)).group_by(*parts).having(func.count() > 1)
    number = patient.count(twice.subquery())
    if number:
        yield said(SAYINGS, "KEY_TWICE", view.name, number=number, ids=_shown(patient.rows(_first(twice))))
    yield from _rows_where(patient, view, or_(*(part != func.rtrim(part) for part in parts)), "KEY_BLANKS", view.name)


def leads_nowhere(reference: Reference, patient: Patient) -> Iterator[Finding]:
    """Find rows that name a row of another view that is not there."""
    view, target = VIEWS[reference.view], VIEWS[reference.target].alias("target")
    own = [view.c[name] for name in reference.columns]
    theirs = [target.c[name] for name in reference.to or reference.columns]
    counterpart = exists(literal_column("1")).select_from(target)
    counterpart = counterpart.where(and_(*(mine == yours for mine, yours in zip(own, theirs, strict=True))))
    lost = and_(*(column.is_not(None) for column in own), ~counterpart.correlate(view))
    number = patient.count(view, lost)
    if number:
        ids = _shown(patient.rows(_first(select(*view.primary_key).where(lost))))
        code = "REFERENCES_MANY" if number > MANY * patient.count(view) else "REFERENCES_SOME"
        yield said(SAYINGS, code, str(reference), number=number, ids=ids, target=reference.target)


def flags(view: Table, patient: Patient) -> Iterator[Finding]:
    """Find flags that are neither J nor N: whole runs stop at them."""
    letters = {column: func.rtrim(column) for column in view.columns if column.info.get("flag")}
    wrong = {one: and_(func.length(letter) > 0, letter != YES, letter != NO) for one, letter in letters.items()}
    yield from _rows_of_any(patient, view, [_Wrong(where, "BAD_FLAG", _place(one)) for one, where in wrong.items()])


def numbers(view: Table, patient: Patient) -> Iterator[Finding]:
    """Find numbers with fractions, or texts, where whole numbers are meant."""
    whole = [column for column in view.columns if isinstance(column.type, Integer | Numeric)]
    wrong = [_Wrong(one != cast(one, Integer), "NO_WHOLE_NUMBER", _place(one)) for one in whole]
    yield from _rows_of_any(patient, view, wrong)


def dates(view: Table, patient: Patient) -> Iterator[Finding]:
    """Find dates that are none, or of another age than ours."""
    wrong: list[_Wrong] = []
    for column in view.columns:
        if isinstance(column.type, Date | DateTime):
            is_date: ColumnElement[bool] = literal_column("1") == literal_column("1")
            if not patient.is_oracle:  # which keeps what is no date out by itself
                is_date = type_coerce(column, String).bool_op("GLOB")(_DAY)
                wrong.append(_Wrong(~is_date, "NO_DATE", _place(column)))
            odd = and_(is_date, or_(column < _FIRST, column > _LAST), *(column != one for one in NO_DATES))
            wrong.append(_Wrong(odd, "ODD_DATE", _place(column)))
    yield from _rows_of_any(patient, view, wrong)


def lengths(view: Table, patient: Patient) -> Iterator[Finding]:
    """Find texts that are longer than the contract says."""
    live = live_columns(patient, view)
    wrong: list[_Wrong] = []
    for column in view.columns:
        limit = getattr(column.type, "length", None)
        may_be_longer = not patient.is_oracle or (column.name in live and live[column.name].length > (limit or 0))
        if limit and may_be_longer:
            wrong.append(_Wrong(func.length(column) > limit, "TOO_LONG", _place(column), {"limit": limit}))
    yield from _rows_of_any(patient, view, wrong)


def stamps(view: Table, patient: Patient) -> Iterator[Finding]:
    """Find time stamps of changes that are missing or lie ahead: such changes are seen late, or again and again."""
    column = view.c.get("changed_at")
    if column is None:
        return
    soon = patient.now.astimezone(BERLIN).replace(tzinfo=None, microsecond=0) + timedelta(hours=2)
    is_ahead = and_(column > soon, column < _LAST)
    yield from _rows_where(patient, view, is_ahead, "CHANGED_AHEAD", _place(column))
    if view.name in WATCHED:
        yield from _rows_where(patient, view, column.is_(None), "CHANGED_EMPTY", _place(column))


def _rows_of_any(patient: Patient, view: Table, wrong: Sequence[_Wrong]) -> Iterator[Finding]:
    """Yield a finding for each mistake that any row has; a view that has none, as most, is gone through only once."""
    if wrong and patient.count(view, or_(*(one.condition for one in wrong))):
        for one in wrong:
            yield from _rows_where(patient, view, one.condition, one.code, one.where, **one.places)


def _rows_where(
    patient: Patient, view: Table, condition: ColumnElement[bool], code: str, where: str, **places: object
) -> Iterator[Finding]:
    """Yield one finding for all rows that meet a condition: their number and the first ids."""
    number = patient.count(view, condition)
    if number:
        ids = _shown(patient.rows(_first(select(*view.primary_key).where(condition))))
        yield said(SAYINGS, code, where, number=number, ids=ids, **places)


def _first(query: Any) -> Any:
    return query.order_by(*query.selected_columns).limit(IDS_SHOWN)


def _shown(rows: Any) -> str:
    return ", ".join("/".join(str(part or "").strip() for part in row) for row in rows)


def _place(column: Column[Any]) -> str:
    return f"{column.table.name}.{column.name}"


CHECKS: Final[tuple[Check, ...]] = (
    *(check for one in (keys, flags, numbers, dates, lengths, stamps) for check in each(one, VIEWS)),
    *(partial(leads_nowhere, reference) for reference in REFERENCES),
)
