"""The groups of settings within one system's file: DocuWare filter, schedules, limits, retention."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import field_validator
from pydantic import model_validator as model_check

from include.settings._values import Strict, WrongValueError, cron, described
from include.vocabulary.texts import Text


class DocuWareCondition(Strict):
    """One condition of a DocuWare filter row (R30, O21)."""

    field: Annotated[
        str, described(..., Text("Feld", "Field"), Text("Name des Feldes im DMS.", "Name of the field in the DMS."))
    ]
    operator: Literal["=", "!=", "in", "starts_with"] = described(
        "=", Text("Vergleich", "Comparison"), Text("Art des Vergleichs.", "Kind of the comparison.")
    )
    value: Annotated[
        str | list[str],
        described(
            ...,
            Text("Wert", "Value"),
            Text(
                "Wert; eine Liste von Werten nur beim Vergleich in.",
                "Value; a list of values only with the comparison in.",
            ),
        ),
    ]

    @model_check(mode="after")
    def _list_only_for_in(self) -> DocuWareCondition:
        if isinstance(self.value, list) != (self.operator == "in"):
            raise WrongValueError(
                'eine Liste von Werten geht nur mit dem Operator "in"; einen Wert oder "in" schreiben',
                'a list of values goes with the operator "in" and with no other; write one value or "in"',
            )
        return self


class DocuWareRow(Strict):
    """A row of the DocuWare filter: all its conditions must hold; its fields say where the attributes stand (O21)."""

    conditions: Annotated[
        tuple[DocuWareCondition, ...],
        described(
            ...,
            Text("Bedingungen", "Conditions"),
            Text("Bedingungen, die alle erfüllt sein müssen (UND).", "Conditions that must all hold (AND)."),
        ),
    ]
    recipient_type_field: str = described(
        "",
        Text("Feld Empfängertyp", "Field for the recipient's type"),
        Text(
            "DMS-Feld mit P oder K; leer = das Attribut Empfängertyp.",
            "Field of the DMS with P or K; empty = the attribute Empfängertyp.",
        ),
    )
    property_field: str = described(
        "",
        Text("Feld Objektnummer", "Field for the property number"),
        Text(
            "DMS-Feld mit der Objektnummer; leer = das Attribut Objektnummer.",
            "Field of the DMS with the property number; empty = the attribute Objektnummer.",
        ),
    )
    recipient_field: str = described(
        "",
        Text("Feld EmpfängerHeaderID", "Field EmpfängerHeaderID"),
        Text(
            "DMS-Feld mit der Kennung des Empfängers; leer = das Attribut EmpfängerHeaderID.",
            "Field of the DMS with the recipient's id; empty = the attribute EmpfängerHeaderID.",
        ),
    )

    @model_check(mode="after")
    def _has_conditions(self) -> DocuWareRow:
        if not self.conditions:
            raise WrongValueError(
                "eine Zeile ohne Bedingung gälte für jedes Dokument; wenigstens eine Bedingung schreiben",
                "a row without conditions would hold for every document; write at least one condition",
            )
        return self


class Schedules(Strict):
    """When each group runs by itself: a cron expression in local time, or empty for never."""

    objects: str | None = described(
        "0 2 * * *",
        Text("Objekte", "Properties"),
        Text(
            "Objekte und Flächen; vorgegeben: nachts um zwei.", "Properties and units; at two at night unless stated."
        ),
    )
    persons: str | None = described(
        "30 2 * * *",
        Text("Personen", "Persons"),
        Text(
            "Personen und Verträge; außerdem immer, wenn die Objekte abgeglichen sind. Ein Lauf nach der Uhr entfällt, wenn das in den drei Stunden davor geschehen ist.",
            "Persons and contracts; also whenever the properties have been synchronised. A run by the clock is left out if that happened in the three hours before.",
        ),
    )
    documents: str | None = described(
        "0 3 * * *",
        Text("Dokumente", "Documents"),
        Text("Dokumente; vorgegeben: nachts um drei.", "Documents; at three at night unless stated."),
    )
    owners_caretakers: str | None = described(
        "45 2 * * *",
        Text("Eigentümer und Hausmeister", "Owners and caretakers"),
        Text("Objekteigentümer und Hausmeister.", "Property owners and caretakers."),
    )
    reports: str | None = described(
        "*/5 * * * *",
        Text("Meldungen", "Reports"),
        Text(
            "Meldungen und Notizen; Sicherheitsnetz neben den Ereignissen.",
            "Reports and notes; a safety net beside the events.",
        ),
    )

    reconcile: str | None = described(
        "0 22 * * 6",
        Text("Bestandsabgleich", "Reconciliation"),
        Text(
            "Vergleicht alles, was das Portal hat, mit dem Abgleich und mit iX-Haus; vorgegeben: samstags um 22 Uhr.",
            "Compares all that the portal holds with the ledger and with iX-Haus; on Saturdays at 22 unless stated.",
        ),
    )

    @field_validator("*")
    @classmethod
    def _is_cron(cls, value: str | None) -> str | None:
        return cron(value, "0 2 * * *")


class Limits(Strict):
    """How hard the portal may be used and how long a run may wait."""

    requests_per_second: float = described(
        10,
        Text("Anfragen je Sekunde", "Requests per second"),
        Text(
            "Obergrenze über alle gleichzeitigen Übertragungen eines Systems.",
            "Upper limit over all simultaneous transfers of a system.",
        ),
        gt=0,
    )
    parallel_requests: int = described(
        4,
        Text("Gleichzeitige Anfragen", "Requests at once"),
        Text(
            "Anfragen, die eine Übertragung gleichzeitig offen hat.",
            "Requests that one transfer has open at the same time.",
        ),
        ge=1,
        le=64,
    )
    parallel_loads: int = described(
        1,
        Text("Gleichzeitige Übertragungen", "Transfers at once"),
        Text(
            "Größe des Airflow-Pools; mehr als 1 nur, wenn das Portal mehrere Anmeldungen zugleich erlaubt.",
            "Size of the Airflow pool; more than 1 only if the portal allows several logins at once.",
        ),
        ge=1,
        le=16,
        expert=True,
    )
    batch_size: int = described(
        5000,
        Text("Datensätze je Übertragung", "Records per transfer"),
        Text("So viele Datensätze bearbeitet eine Airflow-Task.", "So many records are handled by one Airflow task."),
        ge=1,
        expert=True,
    )
    timeout_seconds: float = described(
        60,
        Text("Zeitgrenze je Anfrage", "Time limit per request"),
        Text(
            "Nach so vielen Sekunden gilt eine Anfrage als unbeantwortet.",
            "After so many seconds a request counts as unanswered.",
        ),
        gt=0,
    )
    attempts: int = described(
        4,
        Text("Versuche je Datensatz", "Attempts per record"),
        Text(
            "Versuche bei vorübergehenden Störungen, mit wachsenden Pausen.",
            "Attempts at passing faults, with growing pauses.",
        ),
        ge=1,
        le=10,
    )
    max_wait_seconds: float = described(
        600,
        Text("Längste Wartezeit", "Longest wait"),
        Text(
            "So lange wartet eine Übertragung insgesamt auf Wunsch des Portals.",
            "So long does a transfer wait altogether if the portal asks for it.",
        ),
        ge=0,
    )
    failures_in_a_row: int = described(
        20,
        Text("Abbruch nach Fehlern", "Stop after failures"),
        Text(
            "So viele Störungen oder gleichlautende Ablehnungen in Folge beenden eine Übertragung; keiner der Datensätze gilt dann als abgelehnt. Sind so viele gleichlautend abgelehnt, wird jeder Lauf rot.",
            "So many faults or refusals alike in a row end a transfer; none of the records counts as refused then. Where so many are refused alike, every run is red.",
        ),
        ge=1,
        expert=True,
    )
    refused_days: int = described(
        7,
        Text("Abgelehntes erneut nach Tagen", "Refused ones again after days"),
        Text(
            "Nach so vielen Tagen wird auch unverändert wieder gesendet, was das Portal abgelehnt hat.",
            "After so many days what the portal has refused is sent again even if it has not changed.",
        ),
        ge=1,
    )
    max_file_mb: int = described(
        100,
        Text("Größte Datei in MB", "Largest file in MB"),
        Text(
            "Größere Dateien werden nicht übertragen; genau so viele MB (zu 1.048.576 Bytes) gehen noch (R28).",
            "Larger files are not transferred; exactly so many MB (of 1,048,576 bytes) still are.",
        ),
        ge=1,
    )
    upload_timeout_seconds: float = described(
        600,
        Text("Zeitgrenze je Datei", "Time limit per file"),
        Text(
            "Nach so vielen Sekunden gilt das Hochladen, Abholen oder Prüfen einer Datei als gescheitert.",
            "After so many seconds the upload, download or check of a file counts as failed.",
        ),
        gt=0,
        expert=True,
    )
    conversion_timeout_seconds: float = described(
        120,
        Text("Zeitgrenze je Umwandlung", "Time limit per conversion"),
        Text(
            "Nach so vielen Sekunden wird die Umwandlung einer Datei in PDF abgebrochen.",
            "After so many seconds the conversion of a file to PDF is given up.",
        ),
        gt=0,
        expert=True,
    )
    lease_seconds: float = described(
        60,
        Text("Sperrdauer", "Lease"),
        Text(
            "Nach so vielen Sekunden ohne Lebenszeichen gilt ein Lauf als abgebrochen.",
            "After so many seconds without a sign of life a run counts as aborted.",
        ),
        gt=0,
        expert=True,
    )
    database_seconds: float = described(
        300,
        Text("Zeitgrenze je Datenbankaufruf", "Time limit per database call"),
        Text(
            "Nach so vielen Sekunden gilt ein Aufruf der iX-Haus-Datenbank als gescheitert, etwa an einer Zeile, die eine andere Sitzung sperrt.",
            "After so many seconds a call of the iX-Haus database counts as failed, for example at a row that another session has locked.",
        ),
        gt=0,
        expert=True,
    )
    task_minutes: float = described(
        240,
        Text("Zeitgrenze je Airflow-Task", "Time limit per Airflow task"),
        Text(
            "Nach so vielen Minuten beendet Airflow eine Task; was gesendet ist, bleibt, der nächste Lauf macht weiter.",
            "After so many minutes Airflow ends a task; what was sent stays, the next run goes on.",
        ),
        gt=0,
        expert=True,
    )


class Retention(Strict):
    """How long what the project has written is kept."""

    protocol_days: int = described(
        400,
        Text("Protokoll in Tagen", "Protocol in days"),
        Text(
            "So lange bleiben Läufe mit ihren Einträgen im Protokoll.",
            "So long runs stay in the protocol with their entries.",
        ),
        ge=1,
    )
    idle_days: int = described(
        30,
        Text("Läufe ohne Wirkung in Tagen", "Runs without effect in days"),
        Text(
            "So lange bleiben Läufe im Protokoll, die nichts gesendet haben und ohne Fehler waren.",
            "So long runs stay in the protocol that sent nothing and had no errors.",
        ),
        ge=1,
    )
    preview_days: int = described(
        14,
        Text("Ergebnisse von Probeläufen in Tagen", "Findings of dry runs in days"),
        Text(
            "So lange bleibt die Liste, die ein Probelauf hinterlässt (Kennungen und Gründe).",
            "So long the list stays that a dry run leaves (ids and reasons).",
        ),
        ge=1,
    )
    airflow_days: int = described(
        90,
        Text("Läufe in Airflow in Tagen", "Runs in Airflow in days"),
        Text(
            "So lange bleiben unsere Läufe in Airflows Datenbank und ihre Task-Logs; gilt der größte Wert aller Systeme.",
            "So long our runs stay in Airflow's database, and their task logs; of several systems the largest value counts.",
        ),
        ge=1,
    )
    receipt_days: int = described(
        1095,
        Text("Löschnachweise in Tagen", "Receipts of erasure in days"),
        Text(
            "So lange bleibt der Nachweis, dass eine Person vergessen wurde; er nennt sie nicht.",
            "So long the receipt stays that a person was forgotten; it does not name whom.",
        ),
        ge=1,
    )
