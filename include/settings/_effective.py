"""The settings in force as people read them: label, explanation and value in German or English (R56, R57)."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from include.settings._alerts import Alerts, Notifier
from include.settings._guard import RemovalGuard
from include.settings._parts import DocuWareRow, Limits, Retention, Schedules
from include.settings._portal import PortalAnswers
from include.settings._system import SystemSettings
from include.settings._values import PropertyRange, is_expert, words_of
from include.vocabulary.texts import Language, Text, Texts, translator

_PARTS: Final = (Schedules, Limits, RemovalGuard, PortalAnswers, Alerts, Retention)
_RULE_NUMBERS: Final = re.compile(r" \([ROE]\d+[a-z]?(, [ROE]\d+[a-z]?)*\)")
_TEXTS: Final[Texts] = {
    "yes": Text("ja", "yes"),
    "no": Text("nein", "no"),
    "empty": Text("leer", "empty"),
    "and": Text(" und ", " and "),
    "point": Text(",", "."),
    "recipient_type_field": Text("Empfängertyp", "recipient type"),
    "property_field": Text("Objektnummer", "property number"),
    "recipient_field": Text("Empfänger", "recipient"),
    "=": Text("=", "="),
    "!=": Text("!=", "!="),
    "in": Text("eines von", "one of"),
    "starts_with": Text("beginnt mit", "starts with"),
}


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
    """Settings that belong together; name is "", schedules, limits, removal_guard, portal, alerts, retention or "expert"."""

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
    return words_of(_field_of(path)).label.said(language)


def explanation_of(path: str, language: Language) -> str:
    """Return what people read of a setting, without the numbers of the rules it comes from."""
    return _RULE_NUMBERS.sub("", words_of(_field_of(path)).explanation.said(language))


def _field_of(path: str) -> FieldInfo:
    model: type[BaseModel] = SystemSettings
    *groups, name = path.split(".")
    for group in groups:
        model = type(model.model_fields[group].default)
    return model.model_fields[name]


def _shown(group: str, values: BaseModel, language: Language, *, expert: bool) -> Iterator[Setting]:
    for name, field in type(values).model_fields.items():
        value = getattr(values, name)
        if is_expert(field) == expert and not isinstance(value, _PARTS):
            path = f"{group}.{name}" if group else name
            is_default = name not in values.model_fields_set
            label, explanation = (text.said(language) for text in words_of(field))
            lines = _lines(value, translator(_TEXTS, language))
            yield Setting(path, label, _RULE_NUMBERS.sub("", explanation), lines, is_default)


def _lines(value: Any, t: Callable[..., str]) -> tuple[str, ...]:
    if value is None or value in ("", (), {}, PropertyRange()):
        return (t("empty"),)
    match value:
        case bool():
            return (t("yes" if value else "no"),)
        case float():
            return (f"{value:g}".replace(".", t("point")),)
        case PropertyRange():
            spans = [((first, last), f"{first}–{last}") for first, last in value.spans]
            numbers = [((int(one) if one.isdecimal() else 0, 0), one) for one in value.numbers]
            return (", ".join(text for _, text in sorted(numbers + spans)),)
        case dict():
            return tuple(f"{name} → {one}" for name, one in value.items())
        case (Notifier(), *_):
            return tuple(one.notifier for one in value)
        case (DocuWareRow(), *_):
            return tuple(_docuware_row(row, t) for row in value)
        case tuple():
            return (", ".join(value),)
    return (str(value),)


def _docuware_row(row: DocuWareRow, t: Callable[..., str]) -> str:
    conditions = [
        f"{one.field} {t(one.operator)} {', '.join(one.value) if isinstance(one.value, list) else one.value}"
        for one in row.conditions
    ]
    fields = ("recipient_type_field", "property_field", "recipient_field")
    places = [f"{t(name)}: {getattr(row, name)}" for name in fields if getattr(row, name)]
    return t("and").join(conditions) + (f" ({', '.join(places)})" if places else "")
