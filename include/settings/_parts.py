"""The groups of settings within one system's file: DocuWare filter, schedules, limits, removal guard."""

from __future__ import annotations

from typing import Literal

from croniter import croniter
from pydantic import Field, field_validator
from pydantic import model_validator as model_check

from include.settings._values import EXPERT, Strict


class DocuWareCondition(Strict):
    """One condition of a DocuWare filter row (R30, O21)."""

    field: str = Field(title="Feld", description="Name des Feldes im DMS.")
    operator: Literal["=", "!=", "in", "starts_with"] = Field("=", title="Vergleich", description="Art des Vergleichs.")
    value: str | list[str] = Field(title="Wert", description="Wert; eine Liste von Werten nur beim Vergleich in.")

    @model_check(mode="after")
    def _list_only_for_in(self) -> DocuWareCondition:
        if isinstance(self.value, list) != (self.operator == "in"):
            raise ValueError('a list of values goes with the operator "in" and with no other; write one value or "in"')
        return self


class DocuWareRow(Strict):
    """A row of the DocuWare filter: all its conditions must hold; its fields say where the attributes stand (O21)."""

    conditions: tuple[DocuWareCondition, ...] = Field(
        title="Bedingungen", description="Bedingungen, die alle erfüllt sein müssen (UND)."
    )
    recipient_type_field: str = Field(
        "", title="Feld Empfängertyp", description="DMS-Feld mit P oder K; leer = das Attribut Empfängertyp."
    )
    property_field: str = Field(
        "", title="Feld Objektnummer", description="DMS-Feld mit der Objektnummer; leer = das Attribut Objektnummer."
    )
    recipient_field: str = Field(
        "",
        title="Feld EmpfängerHeaderID",
        description="DMS-Feld mit der Kennung des Empfängers; leer = das Attribut EmpfängerHeaderID.",
    )

    @model_check(mode="after")
    def _has_conditions(self) -> DocuWareRow:
        if not self.conditions:
            raise ValueError("a row without conditions would hold for every document; write at least one condition")
        return self


class Schedules(Strict):
    """When each group runs by itself: a cron expression in local time, or empty for never."""

    objects: str | None = Field(
        "0 2 * * *", title="Objekte", description="Objekte und Flächen; vorgegeben: nachts um zwei."
    )
    persons: str | None = Field(
        "30 2 * * *",
        title="Personen",
        description="Personen und Verträge; außerdem immer, wenn die Objekte abgeglichen sind.",
    )
    documents: str | None = Field("0 3 * * *", title="Dokumente", description="Dokumente; vorgegeben: nachts um drei.")
    owners_caretakers: str | None = Field(
        "45 2 * * *", title="Eigentümer und Hausmeister", description="Objekteigentümer und Hausmeister."
    )
    reports: str | None = Field(
        "*/5 * * * *", title="Meldungen", description="Meldungen und Notizen; Sicherheitsnetz neben den Ereignissen."
    )

    @field_validator("*")
    @classmethod
    def _is_cron(cls, value: str | None) -> str | None:
        if value is not None and not (len(value.split()) == 5 and croniter.is_valid(value)):
            raise ValueError(
                f'"{value}" is not a cron expression; write five fields such as "0 2 * * *", or null for never'
            )
        return value


class Limits(Strict):
    """How hard the portal may be used and how long a run may wait."""

    requests_per_second: float = Field(
        10,
        gt=0,
        title="Anfragen je Sekunde",
        description="Obergrenze über alle gleichzeitigen Übertragungen eines Systems.",
    )
    parallel_requests: int = Field(
        4,
        ge=1,
        le=64,
        title="Gleichzeitige Anfragen",
        description="Anfragen, die eine Übertragung gleichzeitig offen hat.",
    )
    parallel_loads: int = Field(
        1,
        ge=1,
        le=16,
        title="Gleichzeitige Übertragungen",
        description="Größe des Airflow-Pools; mehr als 1 nur, wenn das Portal mehrere Anmeldungen zugleich erlaubt.",
        json_schema_extra=EXPERT,
    )
    batch_size: int = Field(
        5000,
        ge=1,
        title="Datensätze je Übertragung",
        description="So viele Datensätze bearbeitet eine Airflow-Task.",
        json_schema_extra=EXPERT,
    )
    timeout_seconds: float = Field(
        60,
        gt=0,
        title="Zeitgrenze je Anfrage",
        description="Nach so vielen Sekunden gilt eine Anfrage als unbeantwortet.",
    )
    attempts: int = Field(
        4,
        ge=1,
        le=10,
        title="Versuche je Datensatz",
        description="Versuche bei vorübergehenden Störungen, mit wachsenden Pausen.",
    )
    max_wait_seconds: float = Field(
        600,
        ge=0,
        title="Längste Wartezeit",
        description="So lange wartet eine Übertragung insgesamt auf Wunsch des Portals.",
    )
    failures_in_a_row: int = Field(
        20,
        ge=1,
        title="Abbruch nach Fehlern",
        description="So viele Störungen in Folge beenden eine Übertragung.",
        json_schema_extra=EXPERT,
    )
    max_file_mb: int = Field(
        100,
        ge=1,
        title="Größte Datei in MB",
        description="Größere Dateien werden nicht übertragen; genau so viele MB (zu 1.048.576 Bytes) gehen noch (R28).",
    )
    upload_timeout_seconds: float = Field(
        600,
        gt=0,
        title="Zeitgrenze je Datei",
        description="Nach so vielen Sekunden gilt das Hochladen, Abholen oder Prüfen einer Datei als gescheitert.",
        json_schema_extra=EXPERT,
    )
    conversion_timeout_seconds: float = Field(
        120,
        gt=0,
        title="Zeitgrenze je Umwandlung",
        description="Nach so vielen Sekunden wird die Umwandlung einer Datei in PDF abgebrochen.",
        json_schema_extra=EXPERT,
    )
    lease_seconds: float = Field(
        60,
        gt=0,
        title="Sperrdauer",
        description="Nach so vielen Sekunden ohne Lebenszeichen gilt ein Lauf als abgebrochen.",
        json_schema_extra=EXPERT,
    )
    database_seconds: float = Field(
        300,
        gt=0,
        title="Zeitgrenze je Datenbankaufruf",
        description="Nach so vielen Sekunden gilt ein Aufruf der iX-Haus-Datenbank als gescheitert, etwa an einer Zeile, die eine andere Sitzung sperrt.",
        json_schema_extra=EXPERT,
    )
    task_minutes: float = Field(
        240,
        gt=0,
        title="Zeitgrenze je Airflow-Task",
        description="Nach so vielen Minuten beendet Airflow eine Task; was gesendet ist, bleibt, der nächste Lauf macht weiter.",
        json_schema_extra=EXPERT,
    )


class Retention(Strict):
    """How long what the project has written is kept."""

    protocol_days: int = Field(
        400, ge=1, title="Protokoll in Tagen", description="So lange bleiben Läufe mit ihren Einträgen im Protokoll."
    )
    idle_days: int = Field(
        30,
        ge=1,
        title="Läufe ohne Wirkung in Tagen",
        description="So lange bleiben Läufe im Protokoll, die nichts gesendet haben und ohne Fehler waren.",
    )


class RemovalGuard(Strict):
    """From how many removals on a run asks before it removes."""

    max_percent: float = Field(
        10,
        ge=0,
        le=100,
        title="Anteil",
        description="Mehr als dieser Anteil (in Prozent) der Datensätze im Portal wartet auf Freigabe.",
    )
    max_count: int = Field(200, ge=0, title="Anzahl", description="Mehr als diese Anzahl wartet auf Freigabe.")
