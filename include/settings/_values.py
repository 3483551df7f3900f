"""How single settings are written: property ranges, lists of names, user numbers, codes."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from croniter import croniter
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from include.vocabulary.sentences import in_both
from include.vocabulary.texts import Text

T = TypeVar("T")


class ConfigurationError(Exception):
    """A setting is wrong or missing; the message is a sentence for the person who has to mend it.

    said: the sentence in both languages; as vocabulary.sentences knows it where no German is given
    """

    def __init__(self, english: str, german: str = "") -> None:
        self.said = Text(german, english) if german else in_both(english)
        super().__init__(english)


class WrongValueError(ValueError):
    """A value is not as it must be: what is wrong and what to write, in both languages; as text it is English."""

    def __init__(self, german: str, english: str) -> None:
        self.said = Text(german, english)
        super().__init__(english)


class Strict(BaseModel):
    """Settings that refuse what they do not know and never quote what was written."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class PropertyRange(Strict):
    """Property numbers and ranges of them (R13); empty releases nothing (E60)."""

    numbers: frozenset[str] = frozenset()
    spans: tuple[tuple[int, int], ...] = ()

    @classmethod
    def parse(cls, value: object) -> PropertyRange:
        """Read "100-199, 250" or a list of such entries; raises WrongValueError with what to write."""
        if isinstance(value, PropertyRange):
            return value
        if isinstance(value, dict) and set(value) == {"numbers", "spans"}:  # a run's snapshot
            return cls.model_validate(value)
        entries = value if isinstance(value, list) else str("" if value is None else value).split(",")
        numbers, spans = set(), []
        for entry in (str(entry).strip() for entry in entries):
            if span := re.fullmatch(r"([0-9]+)\s*-\s*([0-9]+)", entry):
                first, last = int(span[1]), int(span[2])
                if first > last:
                    raise WrongValueError(
                        f"der Bereich „{entry}“ läuft rückwärts; „{last}-{first}“ schreiben",
                        f'the range "{entry}" runs backwards; write "{last}-{first}"',
                    )
                spans.append((first, last))
            elif re.fullmatch(r"[\w./]+", entry):
                numbers.add(entry)
            elif entry:
                raise WrongValueError(
                    f"„{entry}“ ist weder Objektnummer noch Bereich; zum Beispiel „100-199, 250“ schreiben",
                    f'"{entry}" is neither a property number nor a range; write for example "100-199, 250"',
                )
        return cls(numbers=frozenset(numbers), spans=tuple(spans))

    def __contains__(self, number: object) -> bool:
        """Whether a property number, as the ERP writes it, is in the range."""
        if number in self.numbers:
            return True
        digits = str(number)
        return digits.isascii() and digits.isdigit() and any(a <= int(digits) <= b for a, b in self.spans)


def _names(value: object) -> object:
    """Accept one name, a comma-separated text, a list of names, or nothing."""
    if value is None:
        return ()
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def user_number(value: object) -> object:
    """Accept a user number of three digits (R47); raises WrongValueError with what to write."""
    if value is None or (isinstance(value, str) and re.fullmatch(r"[0-9]{3}", value)):
        return value
    padded = str(value).zfill(3)
    is_short = re.fullmatch(r"[0-9]{3}", padded)
    german = f'"{padded}" schreiben' if is_short else 'drei Ziffern in Anführungszeichen schreiben, etwa "007"'
    english = f'write "{padded}"' if is_short else 'write three digits in quotes, such as "007"'
    raise WrongValueError(
        f"„{value}“ ist keine Benutzernummer aus drei Ziffern; {german}",
        f'"{value}" is not a three-digit user number; {english}',
    )


def cron(value: str | None, example: str) -> str | None:
    """Accept a cron expression or nothing; raises WrongValueError with what to write."""
    if value is None or (len(value.split()) == 5 and croniter.is_valid(value)):
        return value
    raise WrongValueError(
        f'„{value}“ ist kein Cron-Ausdruck; fünf Felder schreiben, etwa "{example}", oder null für nie',
        f'"{value}" is not a cron expression; write five fields such as "{example}", or null for never',
    )


Audience = Literal["ALL", "OWNER", "RENTER", "RESIDENT"]
"""With whom of a property or unit a document is shared; the codes are assumed (casavi's answer is open)."""
TicketStatus = Literal["OPEN", "IN_PROGRESS", "CLOSED"]
"""Status of a report in the portal; the codes are assumed (casavi's answer is open)."""
Closing = Literal["COMPLETED", "CANCELLED"]
"""In which of two ways a status ends a report or an order."""
Cutoff = Literal["last_calendar_year", "none"]
"""Since when a report must have been reported to be taken up."""
Properties = Annotated[PropertyRange, BeforeValidator(PropertyRange.parse)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]


class Words(NamedTuple):
    """What people read of a setting (R56). The German explanation ends with the business rules it comes from."""

    label: Text
    explanation: Text


def described(default: T, label: Text, explanation: Text, *, expert: bool = False, **checks: Any) -> T:
    """Return a setting's field: its default, what people read of it, and what pydantic checks, such as ge=1.

    A setting without default has `...` for one and stands in its annotation, as in Annotated[str, described(..., …)].
    Those for experts are set by consultants and shown apart from the daily ones (R57).
    """
    extra: JsonDict = {"english": [label.english, explanation.english], "expert": expert}
    field: T = Field(default, title=label.german, description=explanation.german, json_schema_extra=extra, **checks)
    return field


def words_of(field: FieldInfo) -> Words:
    """Return a setting's words; raises KeyError if it is not `described`."""
    label, explanation = _extra(field)["english"]
    return Words(Text(field.title or "", label), Text(field.description or "", explanation))


def is_expert(field: FieldInfo) -> bool:
    """Whether a setting is one for consultants (R57)."""
    return bool(_extra(field).get("expert"))


def _extra(field: FieldInfo) -> dict[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
