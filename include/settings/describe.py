"""`make settings`: docs/settings.md from the settings models, so that no setting is without its explanation (R56)."""

import sys
import types
from collections.abc import Iterator
from typing import Any, Final, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from include.settings import (
    REQUIRED_WHEN_ACTIVE,
    DocuWareCondition,
    DocuWareRow,
    Notifier,
    PropertyRange,
    SystemSettings,
    is_expert,
    words_of,
)

_INTRO: Final = """\
# Settings

Each system has a file, `config/production.yaml` or `config/test.yaml`; what it leaves out has the default below. The files are
the installation's: `make init-config` puts examples there, `make setup` asks for what belongs into them, no update touches them.
The page *Einstellungen* tries other values of the daily settings that say who comes and goes, and saves them where the installation
sets the variable `SERVICEPORTAL_SAVE_SETTINGS` to `true` ([operation.md](operation.md)); as shipped it does not.
Address, key, secret and database are not in it but in the Airflow connections `casavi_<system>` and `ixhaus_<system>`.
This page is generated from `include/settings/`: `make settings` writes it anew.
"""
_EXPERT: Final = """\
Diese Einstellungen nimmt in der Regel die Beratung bei der Einrichtung vor; im Alltag bleiben sie, wie sie sind.
"""
_HEAD: Final = ("Name in der Datei", "Einstellung", "Erklärung", "Wert", "Vorgabe")
_LISTS: Final = {
    str: "Liste von Texten", DocuWareRow: "Liste von Zeilen", DocuWareCondition: "Liste von Bedingungen",
    Notifier: "Liste von Benachrichtigungen",
}  # fmt: skip
_WORDS: Final = {Any: "Wert", bool: "true oder false", int: "ganze Zahl", float: "Zahl", str: "Text"}


def settings_page() -> str:
    """Return the text of docs/settings.md: daily settings, a table per group, expert settings apart (R57)."""
    parts = [_INTRO, "## Einstellungen\n", _table(_rows(SystemSettings, expert=False))]
    for name, field in SystemSettings.model_fields.items():
        if (model := _group(field)) is not None:
            label, explanation = (text.german for text in words_of(field))
            parts += [f"## {name}: {label}\n", f"{explanation}\n", _table(_rows(model, name, expert=False))]
    expert = list(_rows(SystemSettings, expert=True))
    for name, field in SystemSettings.model_fields.items():
        if (model := _group(field)) is not None:
            expert += _rows(model, name, expert=True)
    parts += ["## Experteneinstellungen\n", _EXPERT, _table(expert)]
    parts += ["### Benachrichtigung\n", _table(_rows(Notifier, expert=False))]
    parts += ["### Zeile im DocuWare-Filter\n", _table(_rows(DocuWareRow, expert=False))]
    parts += ["### Bedingung im DocuWare-Filter\n", _table(_rows(DocuWareCondition, expert=False))]
    return "\n".join(parts)


def _group(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not PropertyRange:
        return kind
    return None


def _rows(model: type[BaseModel], group: str = "", *, expert: bool) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        if is_expert(field) == expert and _group(field) is None:
            path = f"{group}.{name}" if group else name
            label, explanation = (text.german for text in words_of(field))
            yield f"`{path}`", label, explanation, _kind(field), _default(name, field)


def _table(rows: Iterator[tuple[str, ...]] | list[tuple[str, ...]]) -> str:
    lines = [_HEAD, ("---",) * len(_HEAD), *rows]
    return "".join(f"| {' | '.join(cell.replace('<', '&lt;') for cell in line)} |\n" for line in lines)


def _kind(field: FieldInfo) -> str:
    words, empty, _ = _words(field.annotation).partition(" oder leer")
    limits = [_limit(rule) for rule in field.metadata if isinstance(rule, Ge | Gt | Le)]
    return " ".join([words, *limits]) + empty


def _words(kind: Any) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is PropertyRange:
        return "Nummern und Bereiche, durch Komma getrennt"
    if origin is Literal:
        return " oder ".join(f"`{value}`" for value in arguments)
    if origin in (Union, types.UnionType):
        return " oder ".join("leer" if part is type(None) else _words(part) for part in arguments)
    if origin in (tuple, list):
        return _LISTS[arguments[0]]
    if origin is dict:
        return f"je Name: {_words(arguments[1])}"
    return _WORDS[kind]


def _limit(rule: Ge | Gt | Le) -> str:
    match rule:
        case Ge():
            return f"ab {rule.ge}"
        case Gt():
            return f"über {rule.gt}"
        case Le():
            return f"bis {rule.le}"


def _default(name: str, field: FieldInfo) -> str:
    if field.is_required():
        return "keine"
    value = field.default
    if name in REQUIRED_WHEN_ACTIVE:
        return f"{_shown(value)}; zum Einschalten anzugeben"
    return _shown(value)


def _shown(value: object) -> str:
    if value is None or value in ("", (), {}, PropertyRange()):
        return "leer"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def main() -> None:
    """Write the page to standard output."""
    sys.stdout.write(settings_page())


if __name__ == "__main__":
    main()
