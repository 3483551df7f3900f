"""Who is told when something is wrong, of what, and what staff read in the morning."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import field_validator

from include.settings._values import Names, Strict, WrongValueError, cron, described
from include.vocabulary.texts import Text

_DOTTED: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
_ADDRESS: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


class Notifier(Strict):
    """One way on which alerts go out: a notifier of Airflow or of one of its providers, and its arguments."""

    notifier: Annotated[
        str,
        described(
            ...,
            Text("Klasse", "Class"),
            Text(
                "Klasse des Notifiers mit ganzem Namen, z. B. airflow.providers.smtp.notifications.smtp.SmtpNotifier.",
                "Class of the notifier by its whole name, such as airflow.providers.smtp.notifications.smtp.SmtpNotifier.",
            ),
        ),
    ]
    arguments: dict[str, Any] = described(
        {},
        Text("Argumente", "Arguments"),
        Text(
            "Was sie beim Aufruf bekommt; darin stehen {{ alert.subject }}, {{ alert.text }}, {{ alert.html }} und {{ alert.link }} für die Meldung.",
            "What it is called with; {{ alert.subject }}, {{ alert.text }}, {{ alert.html }} and {{ alert.link }} in it stand for the message.",
        ),
    )

    @field_validator("notifier")
    @classmethod
    def _is_dotted(cls, value: str) -> str:
        if not _DOTTED.fullmatch(value):
            name = "airflow.providers.smtp.notifications.smtp.SmtpNotifier"
            raise WrongValueError(
                f"das ist nicht der ganze Name einer Klasse; zum Beispiel {name} schreiben",
                f"this is not the whole name of a class; write for example {name}",
            )
        return value


class Alerts(Strict):
    """Who is told when something is wrong, and from when on it is."""

    notifiers: tuple[Notifier, ...] = described(
        (),
        Text("Benachrichtigungen", "Notifiers"),
        Text(
            "Auf welchen Wegen casavi_alerts meldet, dass etwas nicht stimmt und dass es vorbei ist; leer = niemand erfährt es.",
            "The ways on which casavi_alerts tells that something is wrong, and that it is over; empty = nobody is told.",
        ),
    )
    language: Literal["de", "en"] = described(
        "de",
        Text("Sprache der Meldungen", "Language of alerts"),
        Text("Sprache dieser Meldungen: de oder en.", "Language of these messages: de or en."),
    )
    late_minutes: int = described(
        120,
        Text("Überfällig nach Minuten", "Late after minutes"),
        Text(
            "So lange nach der Zeit ihres Plans darf eine Gruppe ohne guten Lauf sein, ehe das gemeldet wird.",
            "So long after the time of its schedule a group may be without a good run before that is told.",
        ),
        ge=1,
    )
    error_percent: float | None = described(
        5,
        Text("Anteil der Fehler", "Share of errors"),
        Text(
            "Mehr als dieser Anteil (in Prozent der gelesenen Datensätze) mit Fehlern wird gemeldet; leer = nie.",
            "More than this share (in percent of the records read) with errors is told; empty = never.",
        ),
        ge=0,
        le=100,
    )
    invalid_percent: float | None = described(
        5,
        Text("Anteil der ungültigen Datensätze", "Share of invalid records"),
        Text(
            "Mehr als dieser Anteil (in Prozent der gelesenen Datensätze), den die eigene Prüfung ablehnt, wird gemeldet; leer = nie.",
            "More than this share (in percent of the records read) that fails the own check is told; empty = never.",
        ),
        ge=0,
        le=100,
    )
    deviation_percent: float | None = described(
        50,
        Text("Abweichung vom Mittel", "Deviation from the mean"),
        Text(
            "Weicht die Zahl der gelesenen oder zurückgehaltenen Datensätze um mehr (in Prozent) vom Mittel der zehn Läufe davor ab, wird das gemeldet; leer = nie.",
            "If the number of records read or withheld deviates by more (in percent) from the mean of the ten runs before, that is told; empty = never.",
        ),
        gt=0,
    )
    morning: str | None = described(
        "0 7 * * 1-5",
        Text("Übersicht am Morgen", "Morning summary"),
        Text(
            "Wann die Übersicht kommt, was auf Menschen wartet: ein Cron-Ausdruck in Ortszeit; vorgegeben: montags bis freitags um sieben.",
            "When the summary of what waits for people comes: a cron expression in local time; Mondays to Fridays at seven unless stated.",
        ),
    )
    morning_to: Names = described(
        (),
        Text("Empfänger der Übersicht", "Recipients of the summary"),
        Text(
            "E-Mail-Adressen, an die sie geht, über die Verbindung Mailserver; leer = keine Übersicht.",
            "E-mail addresses that it goes to, through the connection mail server; empty = no summary.",
        ),
    )

    @field_validator("morning")
    @classmethod
    def _is_cron(cls, value: str | None) -> str | None:
        return cron(value, "0 7 * * 1-5")

    @field_validator("morning_to")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [place for place, one in enumerate(value, 1) if not _ADDRESS.fullmatch(one)]:
            raise WrongValueError(
                f"Eintrag {wrong[0]} ist keine E-Mail-Adresse; eine wie office@example.com schreiben",
                f"entry {wrong[0]} is no e-mail address; write one such as office@example.com",
            )
        return value
