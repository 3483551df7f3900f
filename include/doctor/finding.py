"""One thing found: what, where, what to do, who does it, and how bad it is. Never a person's data, ids only."""

from collections.abc import Iterable, Mapping
from enum import Enum, IntEnum
from typing import Final, NamedTuple

from include.vocabulary.texts import Text


class Severity(IntEnum):
    """How bad it is: a note is worth knowing, a warning will do harm some day, with an error something fails."""

    OK = 0
    NOTE = 1
    WARNING = 2
    ERROR = 3


SEVERITIES: Final[Mapping[Severity, Text]] = {
    Severity.ERROR: Text("Fehler", "error"),
    Severity.WARNING: Text("Warnung", "warning"),
    Severity.NOTE: Text("Hinweis", "note"),
    Severity.OK: Text("in Ordnung", "ok"),
}
"""How each is called."""


class Who(Enum):
    """Who sees to it; its value is how it is said."""

    CONSULTANT = Text("iX-Haus-Berater", "iX-Haus consultant")
    DBA = Text("DBA", "DBA")
    CASAVI = Text("casavi", "casavi")
    ENGINEER = Text("Betrieb", "engineer")


class Saying(NamedTuple):
    """What is said about one kind of finding; both texts may have places like {ids}."""

    severity: Severity
    who: Who
    what: Text
    remedy: Text


Sayings = Mapping[str, Saying]
"""Code → what is said."""


class Finding(NamedTuple):
    """One thing found.

    code:  its kind, for programs and tests
    where: a view, a setting, a connection, a DAG
    area:  the part of the examination that found it
    """

    code: str
    where: str
    what: Text
    remedy: Text
    who: Who
    severity: Severity
    area: str = ""


def said(sayings: Sayings, code: str, where: str, **places: object) -> Finding:
    """Return the finding of a kind, with the places of its texts filled."""
    severity, who, what, remedy = sayings[code]
    return Finding(code, where, filled(what, places), filled(remedy, places), who, severity)


def filled(text: Text, places: Mapping[str, object]) -> Text:
    """Return a text with its places filled; one that is a Text itself in its own language."""
    german, english = (
        {name: one[index] if isinstance(one, Text) else one for name, one in places.items()} for index in (0, 1)
    )
    return Text(text.german.format(**german), text.english.format(**english))


def exit_code(findings: Iterable[Finding]) -> int:
    """Return 0 where nothing is worse than a note, 1 for warnings, 2 for errors."""
    worst = max((one.severity for one in findings), default=Severity.OK)
    return max(0, worst - Severity.NOTE)
