"""All settings of one system, as the register "Einstellungen" of the interface knows them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator
from pydantic import model_validator as model_check

from include.settings._parts import DocuWareRow, Limits, RemovalGuard, Retention, Schedules
from include.settings._values import (
    EXPERT,
    Audience,
    Closing,
    Names,
    Properties,
    PropertyRange,
    Strict,
    TicketStatus,
    user_number,
)

REQUIRED_WHEN_ACTIVE = ("properties", "person_types", "portal_access_lead_days", "report_user")
_CONNECTIONS = {
    "ixhaus_connection": "ixhaus",
    "portal_connection": "casavi",
    "documents_connection": "documents",
    "docuware_connection": "docuware",
    "mail_connection": "smtp",
}
"""Setting → what the name of its connection begins with when it is left empty."""


class SystemSettings(Strict):
    """Settings of one system: the register "Einstellungen" of the interface."""

    system: Literal["production", "test"] = Field(
        title="System", description="Produktivsystem oder Testsystem; ergibt sich aus dem Dateinamen (R7)."
    )
    active: bool = Field(
        False,
        title="Schnittstelle ein",
        description="Schaltet die Schnittstelle dieses Systems ein; aus, bis es ausdrücklich gewollt ist (R8).",
    )
    properties: Properties = Field(
        PropertyRange(),
        title="Objektbereich",
        description="Freigegebene Objekte: Nummern und Bereiche wie 100-199; leer gibt nichts frei (R13).",
    )
    properties_full_history: Properties = Field(
        PropertyRange(),
        title="Objektbereich mit vollständiger Meldungshistorie",
        description="Objekte, deren Meldungen vollständig übertragen werden, auch abgeschlossene (R14).",
        json_schema_extra=EXPERT,
    )
    person_types: Names = Field(
        (),
        title="Personentyp",
        description="Personentypen, die Portalnutzer werden; alle anderen gehen ohne Zugang hinaus (R17).",
    )
    document_types: Names = Field(
        (), title="Dokumententyp", description="Dokumententypen mit Zeitfilter: ab 1. Januar des Vorjahres (R26)."
    )
    document_types_without_time_filter: Names = Field(
        (),
        title="Dokumententypen ohne Zeitfilter",
        description="Dokumententypen, die unabhängig vom Datum übertragen werden (R26).",
    )
    unit_document_types: Names = Field(
        (),
        title="Dokumententypen zur Fläche",
        description="Nur Dokumente dieser Typen ohne Empfänger dürfen an einer Fläche hängen: auch der nächste Mieter "
        "sieht sie dort (O16).",
    )
    document_audiences: dict[str, Audience] = Field(
        {},
        title="Empfängerkreis je Dokumententyp",
        description="Wer Dokumente zu Objekt oder Fläche sieht: ALL, OWNER, RENTER oder RESIDENT; vorgegeben: ALL.",
    )
    default_folder: str | None = Field(
        None,
        title="Ordner für übrige Dokumente",
        description="Portal-Ordner für Dokumententypen, zu denen es im Portal keinen Ordner gleichen Namens gibt; leer "
        "= ohne Ordner (O17).",
    )
    convert_to_pdf: bool = Field(
        False,
        title="In PDF umwandeln",
        description="Wandelt Office-Dokumente und Bilder ohne PDF-Fassung mit LibreOffice um, wo es installiert ist "
        "(R31).",
    )
    user_teams: Names = Field(
        (),
        title="Benutzerteam",
        description="Nur Meldungen dieser Teams oder ohne Team; leer = alle; braucht das Komfortpaket (R12).",
    )
    report_statuses: dict[str, TicketStatus] = Field(
        {"Neu": "OPEN", "In Bearbeitung": "IN_PROGRESS", "Abgeschlossen": "CLOSED", "Storniert": "CLOSED"},
        title="Status im Portal",
        description="Welchen Status im Portal ein Status in iX-Haus ergibt; ein hier nicht genannter gilt als offen und wird im Protokoll genannt (R46, O6).",
    )
    closing_statuses: dict[str, Closing] = Field(
        {"Abgeschlossen": "COMPLETED", "Storniert": "CANCELLED"},
        title="Status am Ende",
        description="Mit welchem Status eine Meldung oder ein Auftrag abgeschlossen (COMPLETED) oder storniert (CANCELLED) ist (R35, R40).",
    )
    post_author: str | None = Field(
        None,
        title="Verfasser der Hausmitteilungen",
        description="Referenz-ID des Mitarbeiters im Portal, in dessen Namen Hausmitteilungen erscheinen; ohne ihn geht keine hinaus (R40).",
    )
    repost_changed_bulletins: bool = Field(
        False,
        title="Geänderte Hausmitteilung neu aushängen",
        description="Nimmt eine Hausmitteilung mit geändertem Text ab und hängt sie neu aus, damit das Portal noch einmal benachrichtigt (O18).",
    )
    contractor_contact_in_notes: bool = Field(
        False,
        title="Telefon der Firma in Notizen",
        description="Erlaubt in der Notiz zur Beauftragung den Platzhalter {contractor.phone} (O22).",
    )
    docuware_filter: tuple[DocuWareRow, ...] = Field(
        (),
        title="DocuWare-Filter",
        description="Zeilen von Bedingungen: innerhalb einer Zeile UND, zwischen Zeilen ODER; die erste Zeile, die "
        "zutrifft, sagt, wo Empfänger und Objekt stehen (R30).",
        json_schema_extra=EXPERT,
    )
    portal_access_lead_days: int = Field(
        0,
        ge=0,
        le=3650,
        title="Mieterportalaccount … Tage vor Vertragsbeginn",
        description="So viele Tage vor Vertragsbeginn öffnet der Zugang (R18).",
    )
    portal_access_trail_days: int | None = Field(
        None,
        ge=0,
        le=3650,
        title="Tage nach Auszug",
        description="So viele Tage nach Vertragsende bleibt der Zugang; leer = wie vor Vertragsbeginn (R19).",
    )
    report_user: Annotated[str | None, BeforeValidator(user_number)] = Field(
        None,
        title="Meldung iX-Plus Benutzer",
        description="Dreistellige Benutzernummer, unter der Meldungen aus dem Portal angelegt werden (R47).",
    )
    ixhaus_connection: str = Field(
        "",
        validate_default=True,
        title="Verbindung iX-Haus",
        description="Airflow-Verbindung zur Datenbank; leer = ixhaus_<system>.",
        json_schema_extra=EXPERT,
    )
    portal_connection: str = Field(
        "",
        validate_default=True,
        title="Verbindung Portal",
        description="Airflow-Verbindung mit Link Datensynchronisation, Schlüssel und Secret; leer = casavi_<system>.",
        json_schema_extra=EXPERT,
    )
    documents_connection: str = Field(
        "",
        validate_default=True,
        title="Verbindung Dokumentablage",
        description="Airflow-Verbindung (Typ File) mit dem Ordner der Dateien; leer = documents_<system>.",
        json_schema_extra=EXPERT,
    )
    docuware_connection: str = Field(
        "",
        validate_default=True,
        title="Verbindung DocuWare",
        description="Airflow-Verbindung zur DocuWare-Platform, wenn Dokumente dort liegen; leer = docuware_<system>.",
        json_schema_extra=EXPERT,
    )
    scan_command: tuple[str, ...] = Field(
        (),
        title="Virenprüfung",
        description='Programm, das Dateien aus dem Portal prüft, mit seinen Argumenten, z. B. ["clamdscan", "--no-summary", '
        '"--fdpass"]; der Pfad der Datei kommt ans Ende. Rückgabe 0 = sauber, 1 = befallen, alles andere: Die Datei '
        "wartet im Portal. Leer = keine Prüfung (O26).",
        json_schema_extra=EXPERT,
    )
    mail_connection: str = Field(
        "",
        validate_default=True,
        title="Verbindung Mailserver",
        description="Airflow-Verbindung (Typ SMTP) für E-Mails an nicht registrierte Kontakte (R42); leer = smtp_<system>.",
        json_schema_extra=EXPERT,
    )
    schedules: Schedules = Field(
        Schedules(),
        title="Synchronisierungseinstellungen",
        description="Wann welche Gruppe von selbst läuft: ein Cron-Ausdruck in Ortszeit, leer = nie (R52).",
    )
    watch_seconds: float | None = Field(
        2,
        ge=0.5,
        le=300,
        title="Ereignisse alle … Sekunden",
        description="So oft wird nachgesehen, ob es in iX-Haus oder im Portal etwas Neues zu Meldungen gibt; leer = nie, dann bleibt der Zeitplan.",
    )
    limits: Limits = Field(Limits(), title="Grenzen", description="Wie stark das Portal beansprucht werden darf.")
    removal_guard: RemovalGuard = Field(
        RemovalGuard(), title="Löschbremse", description="Ab wann Entfernungen auf eine Freigabe warten."
    )
    retention: Retention = Field(
        Retention(), title="Aufbewahrung", description="Wie lange bleibt, was die Schnittstelle geschrieben hat."
    )

    @model_check(mode="after")
    def _complete_when_active(self) -> SystemSettings:
        given = self.model_fields_set
        missing = [name for name in REQUIRED_WHEN_ACTIVE if name not in given or getattr(self, name) is None]
        if self.active and missing:
            raise ValueError(
                f"active: the interface cannot be switched on while these are missing; add {', '.join(missing)}"
            )
        return self

    @field_validator(*_CONNECTIONS, mode="after")
    @classmethod
    def _default_connection(cls, value: str, info: ValidationInfo) -> str:
        return value or f"{_CONNECTIONS[str(info.field_name)]}_{info.data.get('system', '')}"

    @property
    def portal_access_lead(self) -> timedelta:
        """How long before its contract begins a person gets access (R18)."""
        return timedelta(days=self.portal_access_lead_days)

    @property
    def portal_access_trail(self) -> timedelta:
        """How long after its contract ends a person keeps access (R19, O4)."""
        days = self.portal_access_trail_days
        return timedelta(days=self.portal_access_lead_days if days is None else days)
