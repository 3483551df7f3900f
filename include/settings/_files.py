"""Reading config/<system>.yaml, and the sentence for every mistake in it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from include.settings._parts import DocuWareCondition, DocuWareRow, Limits, RemovalGuard, Retention, Schedules
from include.settings._system import SystemSettings
from include.settings._values import ConfigurationError

CONFIG_FOLDER = Path(os.environ.get("SERVICEPORTAL_CONFIG", Path(__file__).parent.parent.parent / "config"))
"""Where the settings files lie: config/ beside the package include, or wherever SERVICEPORTAL_CONFIG says."""


class _Yaml(yaml.SafeLoader):
    """YAML whose plain words and numbers all stay text: the standard reads 010 as eight, and 1.10 as 1.1."""


_Yaml.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith((":null", ":merge"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


_NESTED: dict[int | str, type[BaseModel]] = {
    "docuware_filter": DocuWareRow, "conditions": DocuWareCondition, "limits": Limits, "removal_guard": RemovalGuard, "retention": Retention,
    "schedules": Schedules,
}  # fmt: skip


def configured_systems(folder: Path = CONFIG_FOLDER) -> list[str]:
    """Return the systems that have a settings file, production first."""
    return [system for system in ("production", "test") if (folder / f"{system}.yaml").exists()]


def changed_at(system: str, folder: Path = CONFIG_FOLDER) -> datetime | None:
    """Return when a system's file was last changed, in UTC, as the file system knows; None if there is no such file."""
    try:
        return datetime.fromtimestamp((folder / f"{system}.yaml").stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def load_settings(system: str, folder: Path = CONFIG_FOLDER) -> SystemSettings:
    """Read config/<system>.yaml; raises ConfigurationError with a sentence per mistake."""
    path = folder / f"{system}.yaml"
    where = f"{folder.name}/{path.name}"
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), _Yaml) or {}  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        raise ConfigurationError(f"{where}: there is no such file; copy config/test.yaml and adapt it") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{where}: this is not UTF-8; save the file with the encoding UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark else ""
        raise ConfigurationError(
            f"{where}: {line}this is not valid YAML; check indentation, colons and quotes"
        ) from None
    if not isinstance(values, dict):
        raise ConfigurationError(f"{where}: the file holds no settings; write lines such as active: true")
    if values.setdefault("system", system) != system:
        raise ConfigurationError(f"{where}: system: this file is for {system}; write {system} or leave the line out")
    return validate_settings(values, where)


def validate_settings(values: dict[str, Any], where: str) -> SystemSettings:
    """Check values and return the settings; `where` names their source in a ConfigurationError."""
    try:
        return SystemSettings.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError("\n".join(f"{where}: {_sentence(detail)}" for detail in error.errors())) from None


def _sentence(detail: ErrorDetails) -> str:
    field = ".".join(str(part) for part in detail["loc"])
    what = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        inside = [_NESTED[part] for part in detail["loc"][:-1] if part in _NESTED]
        model = inside[-1] if inside else SystemSettings
        near = get_close_matches(str(detail["loc"][-1]), model.model_fields, n=1)
        what = f"there is no such setting; {f'write {near[0]}' if near else 'remove it, or see docs/settings.md'}"
    elif detail["type"] != "value_error":
        what = f"{what[:1].lower()}{what[1:]}; see docs/settings.md for what to write"
    return f"{field}: {what}" if field else what
