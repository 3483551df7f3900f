"""What iX-Haus has to choose from, for whoever answers the questions; words of a column only where they are few."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from sqlalchemy import func, select

from include.doctor import Area, Finding, Patient, examine
from include.ixhaus.contract.documents import SP_DOKUMENT
from include.ixhaus.contract.master import SP_OBJEKT, SP_PERSON
from include.ixhaus.contract.reports import SP_TEAM
from include.vocabulary.texts import Text

SHOWN: Final = 20
Offer = Callable[[Patient], str]


def can_be_asked(patient: Patient) -> list[Finding]:
    """Return why iX-Haus cannot be asked, nothing where it can."""

    def look(one: Patient) -> Iterator[Finding]:
        one.count(SP_OBJEKT)
        yield from ()

    return found(patient, [look])


def found(patient: Patient, checks: Iterable[Callable[[Patient], Iterable[Finding]]]) -> list[Finding]:
    """Return what some of the doctor's checks find."""
    return examine(patient, [Area("settings", Text("", ""), tuple(checks))])


def properties(patient: Patient) -> str:
    """Return how many properties there are, and the first and last number."""
    number = SP_OBJEKT.c.property_nr
    many, first, last = patient.rows(select(func.count(), func.min(number), func.max(number)))[0]
    return f"{many}: {first} … {last}" if many else ""


def words(column: Any) -> Offer:
    """Return what a column holds, the most frequent first."""

    def offer(patient: Patient) -> str:
        many = func.count()
        rows = patient.rows(select(column, many).group_by(column).order_by(many.desc(), column))
        return ", ".join(f"{word} ({number})" for word, number in rows if word) if len(rows) <= SHOWN else ""

    return offer


PERSON_TYPES: Final = words(SP_PERSON.c.person_type)
DOCUMENT_TYPES: Final = words(SP_DOKUMENT.c.document_type)


def teams(patient: Patient) -> str:
    """Return the teams."""
    rows = patient.rows(select(SP_TEAM.c.team_nr, SP_TEAM.c.name).order_by(SP_TEAM.c.team_nr))
    return ", ".join(name or number for number, name in rows[:SHOWN])
