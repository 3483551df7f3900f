"""All settings of one system, as the register "Einstellungen" of the interface knows them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, ValidationInfo, field_validator
from pydantic import model_validator as model_check

from include.settings._alerts import Alerts
from include.settings._guard import RemovalGuard
from include.settings._parts import DocuWareRow, Limits, Retention, Schedules
from include.settings._portal import PortalAnswers
from include.settings._values import (
    Audience,
    Closing,
    Cutoff,
    Names,
    Properties,
    PropertyRange,
    Strict,
    TicketStatus,
    WrongValueError,
    described,
    user_number,
)
from include.vocabulary.texts import Text

REQUIRED_WHEN_ACTIVE = ("properties", "person_types", "portal_access_lead_days", "report_user", "post_author")
_MAY_BE_NONE = ("post_author",)
"""Has to be named, so that nobody forgets it, but may be left empty on purpose."""
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

    system: Annotated[
        Literal["production", "test"],
        described(
            ...,
            Text("System", "System"),
            Text(
                "Produktivsystem oder Testsystem; ergibt sich aus dem Dateinamen (R7).",
                "Production or test system; follows from the file's name.",
            ),
        ),
    ]
    active: bool = described(
        False,
        Text("Schnittstelle ein", "Interface on"),
        Text(
            "Schaltet die Schnittstelle dieses Systems ein; aus, bis es ausdrücklich gewollt ist (R8).",
            "Switches this system's interface on; off until somebody explicitly wants it.",
        ),
    )
    properties: Properties = described(
        PropertyRange(),
        Text("Objektbereich", "Property range"),
        Text(
            "Freigegebene Objekte: Nummern und Bereiche wie 100-199; leer gibt nichts frei (R13).",
            "Released properties: numbers and ranges such as 100-199; empty releases nothing.",
        ),
    )
    properties_full_history: Properties = described(
        PropertyRange(),
        Text("Objektbereich mit vollständiger Meldungshistorie", "Property range with full report history"),
        Text(
            "Objekte, deren Meldungen vollständig übertragen werden, auch abgeschlossene (R14).",
            "Properties whose reports are all transferred, closed ones too.",
        ),
        expert=True,
    )
    include_vacant_units: bool = described(
        True,
        Text("Leerstehende Flächen", "Vacant units"),
        Text(
            "Überträgt auch Flächen, zu denen heute niemand einen Vertrag hat; aus = sie kommen mit dem nächsten Vertrag (O28).",
            "Transfers units too for which nobody has a contract today; off = they come with their next contract.",
        ),
    )
    person_types: Names = described(
        (),
        Text("Personentyp", "Person type"),
        Text(
            "Personentypen, die Portalnutzer werden; alle anderen gehen ohne Zugang hinaus (R17).",
            "Person types that become portal users; all others go out without access.",
        ),
    )
    document_types: Names = described(
        (),
        Text("Dokumententyp", "Document type"),
        Text(
            "Dokumententypen mit Zeitfilter: ab 1. Januar des Vorjahres (R26).",
            "Document types with the time filter: from 1 January of last year.",
        ),
    )
    document_types_without_time_filter: Names = described(
        (),
        Text("Dokumententypen ohne Zeitfilter", "Document types without time filter"),
        Text(
            "Dokumententypen, die unabhängig vom Datum übertragen werden (R26).",
            "Document types that are transferred whatever their date.",
        ),
    )
    unit_document_types: Names = described(
        (),
        Text("Dokumententypen zur Fläche", "Document types of a unit"),
        Text(
            "Nur Dokumente dieser Typen ohne Empfänger dürfen an einer Fläche hängen: auch der nächste Mieter sieht sie dort (O16).",
            "Only documents of these types without a recipient may hang on a unit: the next tenant sees them there too.",
        ),
    )
    property_document_types: Names = described(
        (),
        Text("Dokumententypen zum Objekt", "Document types of a property"),
        Text(
            "Nur Dokumente dieser Typen ohne Empfänger dürfen am Objekt hängen, wo das ganze Haus sie sieht; leer = keine (R30).",
            "Only documents of these types without a recipient may hang at a property, where the whole house sees them; empty = none.",
        ),
    )
    document_audiences: dict[str, Audience] = described(
        {},
        Text("Empfängerkreis je Dokumententyp", "Audience per document type"),
        Text(
            "Wer Dokumente zu Objekt oder Fläche sieht: ALL, OWNER, RENTER oder RESIDENT; vorgegeben: ALL.",
            "Who sees documents of a property or unit: ALL, OWNER, RENTER or RESIDENT; ALL unless stated.",
        ),
    )
    default_folder: str | None = described(
        None,
        Text("Ordner für übrige Dokumente", "Folder for other documents"),
        Text(
            "Portal-Ordner für Dokumententypen, zu denen es im Portal keinen Ordner gleichen Namens gibt; leer = ohne Ordner (O17).",
            "Portal folder for document types that have no folder of the same name in the portal; empty = no folder.",
        ),
    )
    convert_to_pdf: bool = described(
        False,
        Text("In PDF umwandeln", "Convert to PDF"),
        Text(
            "Wandelt Office-Dokumente und Bilder ohne PDF-Fassung mit LibreOffice um, wo es installiert ist (R31).",
            "Converts office documents and pictures that have no PDF with LibreOffice, where it is installed.",
        ),
    )
    user_teams: Names = described(
        (),
        Text("Benutzerteam", "User team"),
        Text(
            "Nur Meldungen dieser Teams oder ohne Team; leer = alle; braucht das Komfortpaket (R12).",
            "Only reports of these teams or of none; empty = all; needs the licence Komfortpaket.",
        ),
    )
    open_reports_cutoff: Cutoff = described(
        "last_calendar_year",
        Text("Offene Meldungen ab", "Open reports since"),
        Text(
            "Welche offenen Meldungen eines freigegebenen Objekts neu ins Portal gehen: last_calendar_year = seit dem 1. Januar des Vorjahres gemeldete, none = alle, wie alt sie auch sind (R35).",
            "Which open reports of a released property are newly taken into the portal: last_calendar_year = those reported since 1 January of last year, none = all, however old.",
        ),
    )
    report_statuses: dict[str, TicketStatus] = described(
        {"Neu": "OPEN", "In Bearbeitung": "IN_PROGRESS", "Abgeschlossen": "CLOSED", "Storniert": "CLOSED"},
        Text("Status im Portal", "Status in the portal"),
        Text(
            "Welchen Status im Portal ein Status in iX-Haus ergibt; ein hier nicht genannter gilt als offen und wird im Protokoll genannt (R46, O6).",
            "Which status in the portal a status in iX-Haus gives; one not named here counts as open and is named in the protocol.",
        ),
    )
    closing_statuses: dict[str, Closing] = described(
        {"Abgeschlossen": "COMPLETED", "Storniert": "CANCELLED"},
        Text("Status am Ende", "Final status"),
        Text(
            "Mit welchem Status eine Meldung oder ein Auftrag abgeschlossen (COMPLETED) oder storniert (CANCELLED) ist (R35, R40).",
            "Which status completes (COMPLETED) or cancels (CANCELLED) a report or order.",
        ),
    )
    post_author: str | None = described(
        None,
        Text("Verfasser der Hausmitteilungen", "Author of house notices"),
        Text(
            "Referenz-ID des Mitarbeiters im Portal, in dessen Namen Hausmitteilungen erscheinen; ausdrücklich leer (post_author: null) = es gehen keine hinaus (R9, R40).",
            "Reference id of the staff member in the portal in whose name house notices appear; explicitly empty (post_author: null) = none goes out.",
        ),
    )
    repost_changed_bulletins: bool = described(
        False,
        Text("Geänderte Hausmitteilung neu aushängen", "Post a changed house notice again"),
        Text(
            "Nimmt eine Hausmitteilung mit geändertem Text ab und hängt sie neu aus, damit das Portal noch einmal benachrichtigt (O18).",
            "Takes a house notice whose text changed down and posts it anew, so that the portal notifies once more.",
        ),
    )
    contractor_contact_in_notes: bool = described(
        False,
        Text("Telefon der Firma in Notizen", "Contractor's telephone in notes"),
        Text(
            "Erlaubt in der Notiz zur Beauftragung den Platzhalter {contractor.phone} (O22).",
            "Allows the placeholder {contractor.phone} in the note about an order.",
        ),
    )
    docuware_filter: tuple[DocuWareRow, ...] = described(
        (),
        Text("DocuWare-Filter", "DocuWare filter"),
        Text(
            "Zeilen von Bedingungen: innerhalb einer Zeile UND, zwischen Zeilen ODER; die erste Zeile, die zutrifft, sagt, wo Empfänger und Objekt stehen (R30).",
            "Rows of conditions: AND within a row, OR between rows; the first row that holds says where recipient and property stand.",
        ),
        expert=True,
    )
    portal_access_lead_days: int = described(
        0,
        Text("Mieterportalaccount … Tage vor Vertragsbeginn", "Tenant account … days before the contract begins"),
        Text(
            "So viele Tage vor Vertragsbeginn öffnet der Zugang (R18).",
            "Access opens this many days before the contract begins.",
        ),
        ge=0,
        le=3650,
    )
    portal_access_trail_days: int | None = described(
        None,
        Text("Tage nach Auszug", "Days after moving out"),
        Text(
            "So viele Tage nach Vertragsende bleibt der Zugang; leer = wie vor Vertragsbeginn (R19).",
            "Access stays this many days after the contract ends; empty = as before it begins.",
        ),
        ge=0,
        le=3650,
    )
    report_user: Annotated[str | None, BeforeValidator(user_number)] = described(
        None,
        Text("Meldung iX-Plus Benutzer", "iX-Plus user for reports"),
        Text(
            "Dreistellige Benutzernummer, unter der Meldungen aus dem Portal angelegt werden (R47).",
            "User number of three digits under which reports from the portal are created.",
        ),
    )
    ixhaus_connection: str = described(
        "",
        Text("Verbindung iX-Haus", "Connection iX-Haus"),
        Text(
            "Airflow-Verbindung zur Datenbank; leer = ixhaus_<system>.",
            "Airflow connection of the database; empty = ixhaus_<system>.",
        ),
        validate_default=True,
        expert=True,
    )
    portal_connection: str = described(
        "",
        Text("Verbindung Portal", "Connection portal"),
        Text(
            "Airflow-Verbindung mit Link Datensynchronisation, Schlüssel und Secret; leer = casavi_<system>.",
            "Airflow connection with synchronisation link, key and secret; empty = casavi_<system>.",
        ),
        validate_default=True,
        expert=True,
    )
    documents_connection: str = described(
        "",
        Text("Verbindung Dokumentablage", "Connection document store"),
        Text(
            "Airflow-Verbindung (Typ File) mit dem Ordner der Dateien; leer = documents_<system>.",
            "Airflow connection (type File) with the folder of the files; empty = documents_<system>.",
        ),
        validate_default=True,
        expert=True,
    )
    docuware_connection: str = described(
        "",
        Text("Verbindung DocuWare", "Connection DocuWare"),
        Text(
            "Airflow-Verbindung zur DocuWare-Platform, wenn Dokumente dort liegen; leer = docuware_<system>.",
            "Airflow connection of the DocuWare Platform, if documents lie there; empty = docuware_<system>.",
        ),
        validate_default=True,
        expert=True,
    )
    scan_command: tuple[str, ...] = described(
        (),
        Text("Virenprüfung", "Virus scan"),
        Text(
            'Programm, das Dateien aus dem Portal prüft, mit seinen Argumenten, z. B. ["clamdscan", "--no-summary", "--fdpass"]; der Pfad der Datei kommt ans Ende. Rückgabe 0 = sauber, 1 = befallen, alles andere: Die Datei wartet im Portal. Leer = keine Prüfung (O26).',
            'Program that checks files from the portal, with its arguments, such as ["clamdscan", "--no-summary", "--fdpass"]; the path of the file comes last. Result 0 = clean, 1 = infected, anything else: the file waits in the portal. Empty = no check.',
        ),
        expert=True,
    )
    mail_connection: str = described(
        "",
        Text("Verbindung Mailserver", "Connection mail server"),
        Text(
            "Airflow-Verbindung (Typ SMTP) für E-Mails an nicht registrierte Kontakte (R42); leer = smtp_<system>.",
            "Airflow connection (type SMTP) for e-mails to contacts that are not registered; empty = smtp_<system>.",
        ),
        validate_default=True,
        expert=True,
    )
    schedules: Schedules = described(
        Schedules(),
        Text("Synchronisierungseinstellungen", "Synchronisation schedule"),
        Text(
            "Wann welche Gruppe von selbst läuft: ein Cron-Ausdruck in Ortszeit, leer = nie (R52).",
            "When each group runs by itself: a cron expression in local time, empty = never.",
        ),
    )
    watch_seconds: float | None = described(
        1,
        Text("Ereignisse alle … Sekunden", "Events every … seconds"),
        Text(
            "So oft wird nachgesehen, ob es in iX-Haus oder im Portal etwas Neues zu Meldungen gibt; leer = nie, dann bleibt der Zeitplan.",
            "So often is looked whether there is something new about reports in iX-Haus or in the portal; empty = never, the schedule remains.",
        ),
        ge=0.5,
        le=300,
    )
    limits: Limits = described(
        Limits(),
        Text("Grenzen", "Limits"),
        Text("Wie stark das Portal beansprucht werden darf.", "How hard the portal may be used."),
    )
    removal_guard: RemovalGuard = described(
        RemovalGuard(),
        Text("Löschbremse", "Removal guard"),
        Text(
            "Ab wann Entfernungen auf eine Freigabe warten.", "From how many removals on a run asks before it removes."
        ),
    )
    portal: PortalAnswers = described(
        PortalAnswers(),
        Text("Offene Fragen an das Portal", "Open questions about the portal"),
        Text(
            "Wie sich das Portal verhält, wo seine Beschreibung schweigt; make probe misst es.",
            "How the portal behaves where its description is silent; make probe measures it.",
        ),
    )
    alerts: Alerts = described(
        Alerts(),
        Text("Wer was erfährt", "Who is told"),
        Text(
            "Wer erfährt, dass etwas nicht stimmt, ab wann das so ist, und was am Morgen kommt.",
            "Who is told that something is wrong, from when on it is, and what comes in the morning.",
        ),
    )
    retention: Retention = described(
        Retention(),
        Text("Aufbewahrung", "Retention"),
        Text(
            "Wie lange bleibt, was die Schnittstelle geschrieben hat.",
            "How long what the interface has written is kept.",
        ),
    )

    @model_check(mode="after")
    def _complete_when_active(self) -> SystemSettings:
        given = self.model_fields_set
        empty = {name for name in REQUIRED_WHEN_ACTIVE if name not in _MAY_BE_NONE and getattr(self, name) is None}
        missing = [name for name in REQUIRED_WHEN_ACTIVE if name not in given or name in empty]
        if self.active and missing:
            raise WrongValueError(
                f"active: solange diese fehlen, kann nicht eingeschaltet werden; ergänzen: {', '.join(missing)}",
                f"active: the interface cannot be switched on while these are missing; add {', '.join(missing)}",
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
