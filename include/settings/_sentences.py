"""The sentence for a mistake in the settings, in both languages: the setting, what is wrong, what to write."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from include.settings._alerts import Alerts, Notifier
from include.settings._guard import RemovalGuard
from include.settings._parts import DocuWareCondition, DocuWareRow, Limits, Retention, Schedules
from include.settings._portal import PortalAnswers
from include.settings._system import SystemSettings
from include.settings._values import WrongValueError
from include.vocabulary.texts import Text

_NESTED: dict[int | str, type[BaseModel]] = {
    "docuware_filter": DocuWareRow, "conditions": DocuWareCondition, "limits": Limits, "removal_guard": RemovalGuard,
    "portal": PortalAnswers, "retention": Retention, "schedules": Schedules,
    "alerts": Alerts, "notifiers": Notifier,
}  # fmt: skip
_SEE: Final = Text("; was hier stehen kann, sagt docs/settings.md", "; see docs/settings.md for what to write")
_WHOLE: Final = "das muss eine ganze Zahl sein, etwa 14"
_NUMBER: Final = "das muss eine Zahl sein, etwa 7.5"
_SWITCH: Final = "das muss true oder false sein"
_GERMAN: Final[Mapping[str, str]] = {
    "int_type": _WHOLE, "int_parsing": _WHOLE, "int_from_float": _WHOLE, "int_parsing_size": _WHOLE,
    "float_type": _NUMBER, "float_parsing": _NUMBER, "finite_number": _NUMBER,
    "bool_type": _SWITCH, "bool_parsing": _SWITCH,
    "string_type": "das muss ein Text sein",
    "tuple_type": "das muss eine Liste sein",
    "dict_type": "das müssen Zeilen aus Name und Wert sein",
    "model_type": "das müssen Zeilen aus Name und Wert sein",
    "missing": "das fehlt",
    "greater_than": "das muss größer als {gt} sein",
    "greater_than_equal": "das muss mindestens {ge} sein",
    "less_than_equal": "das darf höchstens {le} sein",
}  # fmt: skip
"""What pydantic calls a mistake → how it is said in German; English is pydantic's own. Others are said generally."""
_UNFIT: Final = "das passt hier nicht"


def sentence_of(detail: ErrorDetails) -> Text:
    """Return the sentence for one mistake: the setting, what is wrong, what to write."""
    field, what = ".".join(str(part) for part in detail["loc"]), wrong_of(detail)
    return Text(*(f"{field}: {one}" for one in what)) if field else what


def wrong_of(detail: ErrorDetails) -> Text:
    """Return what is wrong, and what to write, without the setting's name."""
    context = detail.get("ctx", {})
    if isinstance(error := context.get("error"), WrongValueError):
        return error.said
    if detail["type"] == "extra_forbidden":
        return _unknown(detail)
    english = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "literal_error":
        german = f"das muss {str(context['expected']).replace(' or ', ' oder ')} sein"
    else:
        german = _GERMAN.get(detail["type"], _UNFIT).format(**context)
    return Text(german + _SEE.german, english[:1].lower() + english[1:] + _SEE.english)


def _unknown(detail: ErrorDetails) -> Text:
    inside = [_NESTED[part] for part in detail["loc"][:-1] if part in _NESTED]
    near = nearest(detail["loc"][-1], inside[-1] if inside else SystemSettings)
    if near:
        return Text(f"diese Einstellung gibt es nicht; {near} schreiben", f"there is no such setting; write {near}")
    return Text(
        "diese Einstellung gibt es nicht; die Zeile entfernen, oder siehe docs/settings.md",
        "there is no such setting; remove it, or see docs/settings.md",
    )


def nearest(name: object, model: type[BaseModel]) -> str | None:
    """Return the setting that a word is or is probably meant to be, or None."""
    return next(iter(get_close_matches(str(name), model.model_fields, n=1)), None)
