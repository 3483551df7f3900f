"""The project's own tables: ledger, protocol, cursors, inbox, lease. They live in the schema of the interface user."""

from sqlalchemy import Index, Table

from include.ixhaus.contract._columns import METADATA, flag, key, number, text, utc

SP_ABGLEICH = Table(
    "SP_ABGLEICH",
    METADATA,
    key("SYSTEM", "production oder test", 20),
    key("ART", "Art des Datensatzes, z. B. contact", 30),
    key("SCHLUESSEL", "Kennung im Portal (Referenz-ID)"),
    text("GRUPPE", 30, "Gruppe, die den Datensatz sendet, z. B. persons; zwei Gruppen können dieselbe Art senden"),
    text("OBJEKTE", 400, "Objektnummern, zu denen der Datensatz gehört, durch Leerzeichen getrennt"),
    text(
        "IDENTITAET",
        200,
        "Wofür der Datensatz steht: Anlagezeitpunkt in iX-Haus (E21), für wen er ist (E31, E43) oder welche Notiz",
    ),
    text("ELTERN", 400, "Was das Portal dafür haben muss, je Zeile: Art und Kennung"),
    text("ZUSTAND", 12, "new, pending, present, restricted, removed"),
    text("PRUEFSUMME", 32, "Prüfsumme des zuletzt bestätigten Inhalts"),
    text("ABGELEHNT", 32, "Prüfsumme des Inhalts, den das Portal endgültig abgelehnt hat"),
    text("GRUND", 40, "Grund der letzten Entscheidung"),
    text("LAUF", 250, "Lauf, der zuletzt gesendet hat"),
    text("AKTION", 12, "Was zuletzt gesendet wurde: create, update, remove"),
    text("ERGEBNIS", 40, "Ausgang: OK oder Fehlerkennung"),
    number("HTTP_STATUS", "HTTP-Status der letzten Antwort"),
    utc("GESENDET_AM", "Letzte Sendung"),
    utc("BESTAETIGT_AM", "Letzte Bestätigung durch das Portal"),
    comment="Abgleich: was das Portal bestätigt hat, je Datensatz",
)
SP_PROTOKOLL = Table(
    "SP_PROTOKOLL",
    METADATA,
    key("SYSTEM", "production oder test", 20),
    key("LAUF", "Kennung des Airflow-Laufs, mit DAG", 250),
    text("GRUPPE", 30, "objects, persons, documents, owners_caretakers, reports"),
    text("STATUS", 20, "running, ok, errors, failed, skipped, aborted, dry_run"),
    text("GRUND", 400, "Grund, wenn nichts gesendet wurde oder der Lauf endete"),
    utc("ABGEFRAGT_AM", "Zeitpunkt der Abfrage"),
    utc("BEENDET_AM", "Ende des Laufs"),
    number("GELESEN", "Gelesene Datensätze"),
    number("GESENDET", "Gesendete Datensätze"),
    number("ANGELEGT", "davon angelegt"),
    number("GEAENDERT", "davon geändert"),
    number("ENTFERNT", "davon entfernt"),
    number("UNVERAENDERT", "Unveränderte Datensätze"),
    number("ZURUECKGEHALTEN", "Nicht für das Portal bestimmte oder zurückgehaltene Datensätze"),
    number("UNGUELTIG", "Von der eigenen Prüfung abgelehnte Datensätze"),
    number("FEHLER", "Fehler"),
    number("OFFEN", "Offene Datensätze: endgültig abgelehnt oder nicht mehr versucht"),
    Index("SP_PROTOKOLL_ZEIT", "SYSTEM", "ABGEFRAGT_AM"),
    comment="Protokoll: ein Eintrag je Lauf (R51)",
)
SP_PROTOKOLL_EINTRAG = Table(
    "SP_PROTOKOLL_EINTRAG",
    METADATA,
    key("SYSTEM", "production oder test", 20),
    key("LAUF", "Kennung des Airflow-Laufs", 250),
    key("ART", "Art des Datensatzes", 30),
    key("SCHLUESSEL", "Kennung im Portal"),
    key("GRUND", "Kennung des Grundes", 40),
    text("STUFE", 10, "error, invalid, guarded, warning"),
    text("AKTION", 12, "create, update, remove"),
    number("HTTP_STATUS", "HTTP-Status der Antwort"),
    text("TEXT", 400, "Erläuterung ohne Personendaten"),
    utc("ZEIT", "Zeitpunkt"),
    comment="Protokolleinträge: je fehlgeschlagenem, ungültigem oder zurückgehaltenem Datensatz",
)
SP_PORTALKONTO = Table(
    "SP_PORTALKONTO",
    METADATA,
    key("SYSTEM", "production oder test", 20),
    key("KONTAKT", "Kennung des Kontakts im Portal; ohne Zusatz ab ~ die Partnernummer oder der Personenschlüssel"),
    flag("REGISTRIERT", "Der Kontakt ist im Portal registriert: Zustellung über das Portal ist möglich (R32)"),
    flag("EINGELADEN", "Der Kontakt hat eine Einladung"),
    utc("STAND", "Zuletzt im Portal gelesen"),
    comment="Portalkonten: wer registriert und wer eingeladen ist, aus dem Portal zurückgelesen (R32, R42)",
)
SP_POSITION = Table(
    "SP_POSITION",
    METADATA,
    key("SYSTEM", "production oder test", 20),
    key("NAME", "Name der Marke"),
    text("WERT", 400, "Stand der Marke"),
    utc("STAND", "Zuletzt gesetzt"),
    comment="Lesemarken und Zustände, die einen Lauf überdauern",
)
SP_EINGANG = Table(
    "SP_EINGANG",
    METADATA,
    key("SYSTEM", "production oder test", 20),
    key("ART", "ticket, comment, attachment", 30),
    key("PORTAL_ID", "Kennung des Ereignisses im Portal"),
    text("IXHAUS_ID", 100, "Schlüssel des Datensatzes in iX-Haus"),
    text("VERSION", 64, "Stand des Ereignisses im Portal"),
    utc("EMPFANGEN_AM", "Zeitpunkt der Übernahme"),
    comment="Eingang: welches Portalereignis welcher iX-Haus-Datensatz ist (R58)",
)
SP_SPERRE = Table(
    "SP_SPERRE",
    METADATA,
    key("NAME", "Was gesperrt ist, z. B. production/persons"),
    text("INHABER", 250, "Lauf, der die Sperre hält; leer = frei"),
    number("MARKE", "Steigende Nummer; ein alter Inhaber erkennt daran, dass er abgelöst ist"),
    utc("GUELTIG_BIS", "Ablauf, wenn sie nicht erneuert wird"),
    comment="Sperre gegen gleichzeitige Läufe (R53)",
)
