"""The project's own tables: ledger, protocol, cursors, inbox, lease. They live in the schema of the interface user."""

from sqlalchemy import Index, Table

from include.ixhaus.contract._columns import METADATA, flag, key, number, text, utc

SP_ABGLEICH = Table(
    "SP_ABGLEICH",
    METADATA,
    key("SYSTEM", "system", "production oder test", 20),
    key("ART", "record_type", "Art des Datensatzes, z. B. contact", 30),
    key("SCHLUESSEL", "external_id", "Kennung im Portal (Referenz-ID)"),
    text(
        "GRUPPE",
        "group",
        30,
        "Gruppe, die den Datensatz sendet, z. B. persons; zwei Gruppen können dieselbe Art senden",
    ),
    text("OBJEKTE", "properties", 400, "Objektnummern, zu denen der Datensatz gehört, durch Leerzeichen getrennt"),
    text(
        "IDENTITAET",
        "identity",
        200,
        "Wofür der Datensatz steht: Anlagezeitpunkt in iX-Haus (E21), für wen er ist (E31, E43) oder welche Notiz",
    ),
    text("ELTERN", "parents", 400, "Was das Portal dafür haben muss, je Zeile: Art und Kennung"),
    text("ZUSTAND", "state", 12, "new, pending, present, restricted, removed"),
    text("PRUEFSUMME", "hash", 32, "Prüfsumme des zuletzt bestätigten Inhalts"),
    text("ABGELEHNT", "refused", 32, "Prüfsumme des Inhalts, den das Portal endgültig abgelehnt hat"),
    text("GRUND", "reason", 40, "Grund der letzten Entscheidung"),
    text("LAUF", "run", 250, "Lauf, der zuletzt gesendet hat"),
    text("AKTION", "action", 12, "Was zuletzt gesendet wurde: create, update, remove"),
    text("ERGEBNIS", "outcome", 40, "Ausgang: OK oder Fehlerkennung"),
    number("HTTP_STATUS", "http_status", "HTTP-Status der letzten Antwort"),
    utc("GESENDET_AM", "sent_at", "Letzte Sendung"),
    utc("BESTAETIGT_AM", "acknowledged_at", "Letzte Bestätigung durch das Portal"),
    comment="Abgleich: was das Portal bestätigt hat, je Datensatz",
)
SP_PROTOKOLL = Table(
    "SP_PROTOKOLL",
    METADATA,
    key("SYSTEM", "system", "production oder test", 20),
    key("LAUF", "run", "Kennung des Airflow-Laufs, mit DAG", 250),
    text("GRUPPE", "group", 30, "Gruppe der Datensätze, wie im Namen des DAG"),
    text("STATUS", "status", 20, "running, ok, errors, failed, skipped, aborted, dry_run"),
    text("GRUND", "reason", 400, "Grund, wenn nichts gesendet wurde oder der Lauf endete"),
    utc("ABGEFRAGT_AM", "queried_at", "Zeitpunkt der Abfrage"),
    utc("BEENDET_AM", "ended_at", "Ende des Laufs"),
    number("GELESEN", "read", "Gelesene Datensätze"),
    number("GESENDET", "sent", "Gesendete Datensätze"),
    number("ANGELEGT", "created", "davon angelegt"),
    number("GEAENDERT", "updated", "davon geändert"),
    number("ENTFERNT", "removed", "davon entfernt"),
    number("UNVERAENDERT", "unchanged", "Unveränderte Datensätze"),
    number("ZURUECKGEHALTEN", "withheld", "Nicht für das Portal bestimmte oder zurückgehaltene Datensätze"),
    number("UNGUELTIG", "invalid", "Von der eigenen Prüfung abgelehnte Datensätze"),
    number("FEHLER", "errors", "Fehler"),
    number("OFFEN", "outstanding", "Offene Datensätze: endgültig abgelehnt oder nicht mehr versucht"),
    Index("SP_PROTOKOLL_ZEIT", "system", "queried_at"),
    comment="Protokoll: ein Eintrag je Lauf (R51)",
)
SP_PROTOKOLL_EINTRAG = Table(
    "SP_PROTOKOLL_EINTRAG",
    METADATA,
    key("SYSTEM", "system", "production oder test", 20),
    key("LAUF", "run", "Kennung des Airflow-Laufs", 250),
    key("ART", "record_type", "Art des Datensatzes", 30),
    key("SCHLUESSEL", "external_id", "Kennung im Portal"),
    key("GRUND", "reason", "Kennung des Grundes", 40),
    text("STUFE", "level", 10, "error, invalid, guarded, warning"),
    text("AKTION", "action", 12, "create, update, remove"),
    number("HTTP_STATUS", "http_status", "HTTP-Status der Antwort"),
    text("TEXT", "text", 400, "Erläuterung ohne Personendaten"),
    utc("ZEIT", "at", "Zeitpunkt"),
    comment="Protokolleinträge: je fehlgeschlagenem, ungültigem oder zurückgehaltenem Datensatz",
)
SP_PORTALKONTO = Table(
    "SP_PORTALKONTO",
    METADATA,
    key("SYSTEM", "system", "production oder test", 20),
    key(
        "KONTAKT",
        "contact",
        "Kennung des Kontakts im Portal; ohne Zusatz ab ~ die Partnernummer oder der Personenschlüssel",
    ),
    flag(
        "REGISTRIERT",
        "registered",
        "Der Kontakt ist im Portal registriert: Zustellung über das Portal ist möglich (R32)",
    ),
    flag("EINGELADEN", "invited", "Der Kontakt hat eine Einladung"),
    utc("STAND", "as_of", "Zuletzt im Portal gelesen"),
    comment="Portalkonten: wer registriert und wer eingeladen ist, aus dem Portal zurückgelesen (R32, R42)",
)
SP_EMAIL = Table(
    "SP_EMAIL",
    METADATA,
    key("SYSTEM", "system", "production oder test", 20),
    key("EREIGNIS", "event", "Kennung des Ereignisses: was mit welchem Datensatz geschah und wer davon hört"),
    text("ANLASS", "about", 200, "Notiz, um die es geht"),
    text("ZUSTAND", "state", 12, "waiting, sending, settled, undone"),
    text("GRUND", "reason", 40, "Was daraus wurde"),
    text("LAUF", "run", 250, "Lauf, der zuletzt damit zu tun hatte"),
    utc("GESENDET_AM", "sent_at", "Letzter Versuch"),
    utc("ERLEDIGT_AM", "settled_at", "Seit wann es erledigt ist"),
    comment="E-Mails an Kontakte ohne Konto: je Ereignis ein Eintrag (R42)",
)
SP_HINWEIS = Table(
    "SP_HINWEIS",
    METADATA,
    key("SYSTEM", "system", "production oder test", 20),
    key("GRUPPE", "group", "Gruppe, deren Läufe ihn sehen", 30),
    key("ART", "record_type", "Art des Datensatzes", 30),
    key("SCHLUESSEL", "external_id", "Kennung im Portal"),
    key("GRUND", "reason", "Kennung des Grundes", 40),
    utc("SEIT", "since", "Seit wann er besteht"),
    comment="Stehende Hinweise: das Protokoll nennt jeden einmal, nicht in jedem Lauf",
)
SP_VERSION = Table(
    "SP_VERSION",
    METADATA,
    key("VERSION_NUM", "version", "Version der eigenen Tabellen", 32),
    comment="Version der eigenen Tabellen; make contract FROM=<Version> gibt die Umstellung aus",
)
SP_POSITION = Table(
    "SP_POSITION",
    METADATA,
    key("SYSTEM", "system", "production oder test", 20),
    key("NAME", "name", "Name der Marke"),
    text("WERT", "value", 400, "Stand der Marke"),
    utc("STAND", "as_of", "Zuletzt gesetzt"),
    comment="Lesemarken und Zustände, die einen Lauf überdauern",
)
SP_EINGANG = Table(
    "SP_EINGANG",
    METADATA,
    key("SYSTEM", "system", "production oder test", 20),
    key("ART", "record_type", "ticket, comment, attachment", 30),
    key("PORTAL_ID", "portal_id", "Kennung des Ereignisses im Portal"),
    text("IXHAUS_ID", "erp_id", 100, "Schlüssel des Datensatzes in iX-Haus"),
    text("VERSION", "version", 64, "Stand des Ereignisses im Portal"),
    utc("EMPFANGEN_AM", "received_at", "Zeitpunkt der Übernahme"),
    comment="Eingang: welches Portalereignis welcher iX-Haus-Datensatz ist (R58)",
)
SP_SPERRE = Table(
    "SP_SPERRE",
    METADATA,
    key("NAME", "name", "Was gesperrt ist, z. B. production/persons"),
    text("INHABER", "holder", 250, "Lauf, der die Sperre hält; leer = frei"),
    number("MARKE", "token", "Steigende Nummer; ein alter Inhaber erkennt daran, dass er abgelöst ist"),
    utc("GUELTIG_BIS", "valid_until", "Ablauf, wenn sie nicht erneuert wird"),
    comment="Sperre gegen gleichzeitige Läufe (R53)",
)
