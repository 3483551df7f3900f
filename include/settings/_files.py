"""Reading config/<system>.yaml, and the sentence for every mistake in it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml
from pydantic import ValidationError

from include.settings._sentences import nearest, sentence_of
from include.settings._system import SystemSettings
from include.settings._values import ConfigurationError
from include.vocabulary.texts import Text

MISSING: Final = Text(
    "make init-config legt ein Beispiel dorthin, make setup fragt nach dem, was hineingehört",
    "make init-config puts an example there, make setup asks for what belongs into it",
)


def config_folder() -> Path:
    """Return where the settings files lie: config/ beside the package include, or wherever SERVICEPORTAL_CONFIG says."""
    return Path(os.environ.get("SERVICEPORTAL_CONFIG", Path(__file__).parent.parent.parent / "config"))


class _Yaml(yaml.SafeLoader):
    """YAML whose plain words and numbers all stay text: the standard reads 010 as eight, and 1.10 as 1.1."""


_Yaml.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith((":null", ":merge"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def configured_systems(folder: Path | None = None) -> list[str]:
    """Return the systems that have a settings file, production first; where none has, production, whose file is missed."""
    files = folder or config_folder()
    return [system for system in ("production", "test") if (files / f"{system}.yaml").exists()] or ["production"]


def changed_at(system: str, folder: Path | None = None) -> datetime | None:
    """Return when a system's file was last changed, in UTC, as the file system knows; None if there is no such file."""
    try:
        return datetime.fromtimestamp(((folder or config_folder()) / f"{system}.yaml").stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


class Configured(NamedTuple):
    """The configured systems, production first: those with sound settings, and the sentence for each of the others."""

    sound: dict[str, SystemSettings]
    mistakes: dict[str, Text]


def load_each(folder: Path | None = None) -> Configured:
    """Read the settings of every configured system; a mistake in one system's file is that system's alone."""
    found = Configured({}, {})
    for system in configured_systems(folder):
        try:
            found.sound[system] = load_settings(system, folder)
        except ConfigurationError as mistake:
            found.mistakes[system] = mistake.said
    return found


def load_settings(system: str, folder: Path | None = None) -> SystemSettings:
    """Read config/<system>.yaml; raises ConfigurationError with a sentence per mistake."""
    files = folder or config_folder()
    return validate_settings(values_of(system, files), where_of(system, files))


def portal_connection_of(system: str, folder: Path | None = None) -> str:
    """Return the portal connection that a system's file names, also if other settings in it are wrong.

    Raises ConfigurationError where nobody can tell which one is meant: the file cannot be read, the name is wrong, or
    there is a word that may be a misspelt portal_connection.
    """
    files = folder or config_folder()
    values = values_of(system, files)
    known = set(SystemSettings.model_fields) - {"system", "portal_connection"}
    if not isinstance(values.get("portal", {}), dict):
        known.remove("portal")  # a name there is one of a connection
    doubtful = {name: value for name, value in values.items() if (nearest(name, SystemSettings) or name) not in known}
    return validate_settings(doubtful, where_of(system, files)).portal_connection


def alerts_of(system: str, folder: Path | None = None) -> SystemSettings:
    """Return who is told what, with all else as by default, also if other settings in a system's file are wrong: else
    nobody would be told of that. Raises ConfigurationError if these are wrong themselves.
    """
    files = folder or config_folder()
    told = ("system", "alerts", "mail_connection")
    return validate_settings({k: v for k, v in values_of(system, files).items() if k in told}, where_of(system, files))


def where_of(system: str, folder: Path) -> str:
    """Return what mistakes call a system's file, such as config/production.yaml."""
    return f"{folder.name}/{system}.yaml"


def values_of(system: str, folder: Path) -> dict[str, Any]:
    """Return what a system's file holds, all words and numbers as text; raises ConfigurationError."""
    where = where_of(system, folder)
    return values_in(_text(folder / f"{system}.yaml", where), system, where)


def values_in(text: str, system: str, where: str) -> dict[str, Any]:
    """Return what the text of a system's file holds; raises ConfigurationError."""
    values = _parsed(text, where) or {}
    if not isinstance(values, dict):
        raise ConfigurationError(
            f"{where}: the file holds no settings; write lines such as active: true",
            f"{where}: in der Datei stehen keine Einstellungen; Zeilen wie active: true schreiben",
        )
    if values.setdefault("system", system) != system:
        raise ConfigurationError(
            f"{where}: system: this file is for {system}; write {system} or leave the line out",
            f"{where}: system: diese Datei ist für {system}; {system} schreiben oder die Zeile weglassen",
        )
    return values


def _text(path: Path, where: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(
            f"{where}: there is no such file; {MISSING.english}",
            f"{where}: diese Datei gibt es nicht; {MISSING.german}",
        ) from None
    except UnicodeDecodeError:
        raise ConfigurationError(
            f"{where}: this is not UTF-8; save the file with the encoding UTF-8",
            f"{where}: das ist kein UTF-8; die Datei in der Kodierung UTF-8 speichern",
        ) from None
    except OSError as error:  # a folder of that name, no permission, a disk that is away
        what = (error.strerror or type(error).__name__).lower()
        raise ConfigurationError(
            f"{where}: this cannot be read ({what}); let it be a file that Airflow may read",
            f"{where}: das lässt sich nicht lesen (errno {error.errno}); es muss eine Datei sein, die Airflow lesen darf",
        ) from None


def _parsed(text: str, where: str) -> Any:
    try:
        return yaml.load(text, _Yaml)  # noqa: S506 - a SafeLoader
    except Exception as error:  # besides YAMLError whatever a word such as !!int or a thousand brackets make it raise
        mark = getattr(error, "problem_mark", None)
        line = Text(f"Zeile {mark.line + 1}: ", f"line {mark.line + 1}: ") if mark else Text("", "")
        raise ConfigurationError(
            f"{where}: {line.english}this is not valid YAML; check indentation, colons and quotes",
            f"{where}: {line.german}das ist kein gültiges YAML; Einrückung, Doppelpunkte und Anführungszeichen prüfen",
        ) from None


def validate_settings(values: dict[str, Any], where: str) -> SystemSettings:
    """Check values and return the settings; `where` names their source in a ConfigurationError."""
    try:
        return SystemSettings.model_validate(values)
    except ValidationError as error:
        sentences = [sentence_of(detail) for detail in error.errors()]
        raise ConfigurationError(
            *("\n".join(f"{where}: {one.said(language)}" for one in sentences) for language in ("en", "de"))
        ) from None
