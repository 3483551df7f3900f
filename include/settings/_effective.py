"""The settings in force as people read them: label, explanation and value in German or English (R56, R57)."""

import re
from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

from pydantic import BaseModel

from include.settings._english import ENGLISH
from include.settings._parts import DocuWareRow, Limits, RemovalGuard, Retention, Schedules
from include.settings._system import SystemSettings
from include.settings._values import PropertyRange, is_expert

Language = Literal["de", "en"]
_PARTS: Final = (Schedules, Limits, RemovalGuard, Retention)
_RULE_NUMBERS: Final = re.compile(r" \([ROE]\d+[a-z]?(, [ROE]\d+[a-z]?)*\)")
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "de": {"yes": "ja", "no": "nein", "empty": "leer", "and": " und ", "point": ",", "recipient_type_field": "Empfängertyp",
           "property_field": "Objektnummer", "recipient_field": "Empfänger", "in": "eines von", "starts_with": "beginnt mit"},
    "en": {"yes": "yes", "no": "no", "empty": "empty", "and": " and ", "point": ".", "recipient_type_field": "recipient type",
           "property_field": "property number", "recipient_field": "recipient", "in": "one of", "starts_with": "starts with"},
}  # fmt: skip


class Setting(NamedTuple):
    """One setting in force.

    path:       its name in the file, such as limits.attempts
    value:      what it is, a line for each part of a longer value
    is_default: the file does not name it
    """

    path: str
    label: str
    explanation: str
    value: tuple[str, ...]
    is_default: bool


class Section(NamedTuple):
    """Settings that belong together; name is "", schedules, limits, removal_guard or "expert"."""

    name: str
    label: str
    settings: tuple[Setting, ...]


def effective(settings: SystemSettings, language: Language) -> list[Section]:
    """Return all settings in force: the daily ones, a section per group, and last those for experts (R57)."""
    groups: list[tuple[str, BaseModel]] = [("", settings)]
    groups += [(name, value) for name, value in settings if isinstance(value, _PARTS)]
    sections = [
        Section(name, label_of(name, language) if name else "", tuple(_shown(name, group, language, expert=False)))
        for name, group in groups
    ]
    expert = [setting for name, group in groups for setting in _shown(name, group, language, expert=True)]
    return [*sections, Section("expert", "", tuple(expert))]


def label_of(path: str, language: Language) -> str:
    """Return the label of a setting, or of a group of them."""
    return _texts(path, language)[0]


def _shown(group: str, values: BaseModel, language: Language, *, expert: bool) -> Iterator[Setting]:
    for name, field in type(values).model_fields.items():
        value = getattr(values, name)
        if is_expert(field) == expert and not isinstance(value, _PARTS):
            path = f"{group}.{name}" if group else name
            is_default = name not in values.model_fields_set
            yield Setting(path, *_texts(path, language), _lines(value, _WORDS[language]), is_default)


def _texts(path: str, language: Language) -> tuple[str, str]:
    if language == "en":
        return ENGLISH[path]
    model: type[BaseModel] = SystemSettings
    *groups, name = path.split(".")
    for group in groups:
        model = type(model.model_fields[group].default)
    field = model.model_fields[name]
    return field.title or "", _RULE_NUMBERS.sub("", field.description or "")


def _lines(value: Any, words: dict[str, str]) -> tuple[str, ...]:
    if value is None or value in ("", (), {}, PropertyRange()):
        return (words["empty"],)
    match value:
        case bool():
            return (words["yes" if value else "no"],)
        case float():
            return (f"{value:g}".replace(".", words["point"]),)
        case PropertyRange():
            spans = [((first, last), f"{first}–{last}") for first, last in value.spans]
            numbers = [((int(one) if one.isdecimal() else 0, 0), one) for one in value.numbers]
            return (", ".join(text for _, text in sorted(numbers + spans)),)
        case dict():
            return tuple(f"{name} → {one}" for name, one in value.items())
        case (DocuWareRow(), *_):
            return tuple(_docuware_row(row, words) for row in value)
        case tuple():
            return (", ".join(value),)
    return (str(value),)


def _docuware_row(row: DocuWareRow, words: dict[str, str]) -> str:
    conditions = [
        f"{one.field} {words.get(one.operator, one.operator)} "
        f"{', '.join(one.value) if isinstance(one.value, list) else one.value}"
        for one in row.conditions
    ]
    fields = ("recipient_type_field", "property_field", "recipient_field")
    places = [f"{words[name]}: {getattr(row, name)}" for name in fields if getattr(row, name)]
    return words["and"].join(conditions) + (f" ({', '.join(places)})" if places else "")
