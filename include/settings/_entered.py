"""Daily settings as a person enters them in a form, and what becomes of the entries: they are checked as a run does."""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import ValidationError

from include.settings._files import config_folder, load_settings, values_of
from include.settings._sentences import wrong_of
from include.settings._system import SystemSettings
from include.settings._values import PropertyRange
from include.vocabulary.texts import Text

Plain = str | int | float | bool | list[str] | None
"""A setting as YAML has it."""
Entry = Literal["range", "names", "switch", "cutoff", "number"]
TRIED: Final[Mapping[str, Entry]] = {
    "properties": "range",
    "include_vacant_units": "switch",
    "person_types": "names",
    "portal_access_lead_days": "number",
    "portal_access_trail_days": "number",
    "document_types": "names",
    "document_types_without_time_filter": "names",
    "property_document_types": "names",
    "unit_document_types": "names",
    "user_teams": "names",
    "open_reports_cutoff": "cutoff",
    "removal_guard.max_percent": "number",
    "removal_guard.max_count": "number",
    "removal_guard.source_percent": "number",
}
"""The daily settings that say who comes, who goes and what waits → how each is entered. The others stay in the file."""


@dataclass(frozen=True)
class Tried:
    """What became of entries.

    settings: those that would be in force; those that are, where an entry is wrong
    changes:  path → value of the settings that would not be as they are
    mistakes: path → what is wrong, as a run would say it; "" for what is wrong about several settings
    """

    settings: SystemSettings
    changes: dict[str, Plain] = field(default_factory=dict)
    mistakes: dict[str, Text] = field(default_factory=dict)


def as_entered(settings: SystemSettings, path: str) -> str:
    """Return what stands in the field of a setting: names one a line, an empty text for nothing."""
    match value_at(settings, path):
        case None:
            return ""
        case bool(value):
            return "true" if value else "false"
        case PropertyRange() as value:
            return ", ".join(_entries_of(value))
        case tuple(value):
            return "\n".join(value)
        case float(value):
            return f"{value:g}"
        case value:
            return str(value)


def try_entries(system: str, entries: Mapping[str, str], folder: Path | None = None) -> Tried:
    """Check what was entered against the settings in force.

    entries: path → text, of settings in TRIED; those that are missing stay as they are
    raises:  ConfigurationError if the settings in force are wrong themselves
    """
    files = folder or config_folder()
    current, values = load_settings(system, files), values_of(system, files)
    known = {path: text.replace("\r\n", "\n").strip() for path, text in entries.items() if path in TRIED}
    changes = {path: _plain(path, text) for path, text in known.items() if text != as_entered(current, path)}
    try:
        settings = SystemSettings.model_validate(with_changes(values, changes))
    except ValidationError as error:
        return Tried(current, changes, _mistakes(error, changes))
    differing = {path: one for path, one in changes.items() if _differ(settings, current, path)}
    return Tried(settings, differing)


def with_changes(values: Mapping[str, Any], changes: Mapping[str, Plain]) -> dict[str, Any]:
    """Return the contents of a file with some settings changed."""
    changed = deepcopy(dict(values))
    for path, value in changes.items():
        *groups, name = path.split(".")
        place = changed
        for group in groups:
            place = place.setdefault(group, {})
        place[name] = value
    return changed


def value_at(settings: SystemSettings, path: str) -> Any:
    """Return the value of a setting by its path, such as removal_guard.max_count."""
    value: Any = settings
    for name in path.split("."):
        value = getattr(value, name)
    return value


def _plain(path: str, text: str) -> Plain:
    match TRIED[path]:
        case "range":
            return _number(", ".join(filter(None, (entry.strip() for entry in re.split("[,\n]", text)))))
        case "names":
            return [line.strip() for line in text.split("\n") if line.strip()]
        case "switch":
            return {"true": True, "false": False}.get(text, text)
        case "number":
            return _number(text) if text else None
        case "cutoff":
            return text


def _number(text: str) -> str | int | float:
    """Return a text as the number that it is written as, so that it needs no quotation marks; 007 is none."""
    if re.fullmatch(r"0|[1-9][0-9]{0,14}", text):
        return int(text)
    return float(text) if re.fullmatch(r"(0|[1-9][0-9]{0,14})\.[0-9]*[1-9]", text) else text


def _entries_of(value: PropertyRange) -> list[str]:
    spans = [((first, last), f"{first}-{last}") for first, last in value.spans]
    numbers = [((int(one) if one.isdecimal() else 0, 0), one) for one in value.numbers]
    return [text for _, text in sorted(spans + numbers)]


def _differ(settings: SystemSettings, current: SystemSettings, path: str) -> bool:
    """Whether a setting is another one; in which order a range names its parts says nothing."""
    new, old = value_at(settings, path), value_at(current, path)
    if isinstance(new, PropertyRange):
        return _entries_of(new) != _entries_of(old)
    return bool(new != old)


def _mistakes(error: ValidationError, changes: Mapping[str, Plain]) -> dict[str, Text]:
    mistakes: dict[str, Text] = {}
    for detail in error.errors():
        where = ".".join(str(part) for part in detail["loc"])
        path = next((one for one in changes if f"{where}.".startswith(f"{one}.")), "")
        mistakes.setdefault(path, wrong_of(detail))
    return mistakes
