"""The questions in order; an answer is checked by the settings models, then by the doctor against iX-Haus."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import yaml
from rich.console import Console
from rich.markup import escape
from rich.prompt import Confirm, Prompt

from include.doctor import Patient, released
from include.doctor.patient import Check
from include.settings import (
    EXAMPLE,
    AddressError,
    ConfigurationError,
    PropertyRange,
    SystemSettings,
    checked_address,
    effective,
    validate_settings,
)
from include.setup import offers
from include.setup.texts import TEXTS
from include.vocabulary.texts import Language, translator


class Question(NamedTuple):
    """One setting that is asked for: what iX-Haus has to offer, and the doctor's check of the answer against it.

    is_optional: it is asked only where iX-Haus has something to offer
    """

    path: str
    offer: offers.Offer | None = None
    check: Check | None = None
    is_optional: bool = False


QUESTIONS: Final = (
    Question("properties", offers.properties, released.properties),
    Question("person_types", offers.PERSON_TYPES, released.person_types),
    Question("portal_access_lead_days"),
    Question("portal_access_trail_days"),
    Question("report_user", check=released.user),
    Question("post_author", check=released.bulletins),
    Question("document_types", offers.DOCUMENT_TYPES, released.document_types),
    Question("document_types_without_time_filter", offers.DOCUMENT_TYPES, released.document_types),
    Question("property_document_types", offers.DOCUMENT_TYPES, released.document_types),
    Question("unit_document_types", offers.DOCUMENT_TYPES, released.document_types),
    Question("user_teams", offers.teams, released.teams, is_optional=True),
    Question("limits.requests_per_second"),
)
MAY_BE_NONE: Final = ("post_author",)
"""Left empty it is written all the same, as nobody is to forget it."""


class Yes(Confirm):
    """A question in German for yes or no."""

    choices = ["j", "n"]  # noqa: RUF012 - as rich declares it
    validate_error_message = "[prompt.invalid]Bitte j oder n schreiben"


class Dialogue:
    """Asks for one system's settings; `answers` holds what was given, setting → value as YAML."""

    def __init__(self, system: str, file: str, language: Language, console: Console) -> None:
        self.system, self.file, self.language, self.console = system, file, language, console
        self._confirm = Yes if language == "de" else Confirm
        self.answers: dict[str, str] = {}
        self._values: dict[str, Any] = {}
        self._patient = Patient(self._settings())
        self._is_asked = True
        self._t = translator(TEXTS, language)
        self._words = {one.path: one for part in effective(self._settings(), language) for one in part.settings}

    def say(self, key: str, **places: object) -> None:
        """Write one of this dialogue's own texts."""
        self.console.print(self._t(key, **places), markup=False, highlight=False)

    def confirmed(self, key: str, **places: object) -> bool:
        """Ask one of this dialogue's own questions; no is the usual answer."""
        return self._confirm.ask(escape(self._t(key, **places)), console=self.console, default=False)

    def address(self) -> str:
        """Ask for the portal's address until it is one; "" is later."""
        while given := Prompt.ask(self._t("address"), console=self.console, default="", show_default=False).strip():
            try:
                checked_address(given)
                break
            except AddressError as mistake:
                self.say("address_wrong", wrong=mistake.wrong.said(self.language), example=EXAMPLE)
        return given

    def ask_all(self) -> None:
        """Ask every question, the switch last."""
        if why := offers.can_be_asked(self._patient):
            self._is_asked = False
            connection = self._patient.settings.ixhaus_connection
            self.say("unasked", connection=connection, what=why[0].what.said(self.language))
        for question in QUESTIONS:
            offered = question.offer(self._patient) if question.offer and self._is_asked else ""
            if offered or not question.is_optional:
                self._explain(question.path, offered)
                while not self._answered(question):
                    pass
        self._switch()

    def _explain(self, path: str, offered: str) -> None:
        setting = self._words[path]
        self.console.print(f"\n[bold]{escape(setting.label)}[/]\n{escape(setting.explanation)}", highlight=False)
        if offered:
            self.say("there", words=offered)

    def _answered(self, question: Question) -> bool:
        given = Prompt.ask(question.path, console=self.console, default="", show_default=False).strip()
        if not given and question.path not in MAY_BE_NONE:
            return True
        before, self._values = self._values, _with(self._values, question.path, given or None)
        if self._is_refused() or (question.check and self._is_doubted(question.check)):
            self._values = before
            return False
        self.answers[question.path] = _as_yaml(given, _value(self._settings(), question.path))
        return True

    def _is_refused(self) -> bool:
        try:
            self._patient.settings = self._settings()
        except ConfigurationError as mistake:
            self.console.print(str(mistake), style="red", markup=False, highlight=False)
            return True
        return False

    def _is_doubted(self, check: Check) -> bool:
        """Whether the doctor has something against an answer and who gave it takes it back."""
        doubts = offers.found(self._patient, [check]) if self._is_asked else []
        for one in doubts:
            text = f"{one.what.said(self.language)} {one.remedy.said(self.language)}"
            self.console.print(text, style="yellow", markup=False, highlight=False)
        return bool(doubts) and not self.confirmed("keep")

    def _switch(self) -> None:
        self._explain("active", "")
        if self._confirm.ask("active", console=self.console, default=False):
            before, self._values = self._values, {**self._values, "active": True}
            if self._is_refused():
                self._values = before
        self.answers["active"] = "true" if "active" in self._values else "false"

    def _settings(self) -> SystemSettings:
        return validate_settings({**self._values, "system": self.system}, self.file)


def _with(values: dict[str, Any], path: str, given: object) -> dict[str, Any]:
    group, _, name = path.rpartition(".")
    return {**values, group: {name: given}} if group else {**values, name: given}


def _value(settings: SystemSettings, path: str) -> Any:
    value: Any = settings
    for name in path.split("."):
        value = getattr(value, name)
    return value


def _as_yaml(given: str, value: Any) -> str:
    if isinstance(value, float | int):
        return f"{value:g}"
    plain = given if isinstance(value, PropertyRange) else list(value) if isinstance(value, tuple) else value
    dump: Callable[..., str] = yaml.safe_dump
    return dump(plain, default_flow_style=True, allow_unicode=True, width=10_000).partition("\n")[0]
