"""Reason codes and what they mean to staff, in one place. Rules and core use the codes, people read the sentences."""

from typing import Final

REASONS: Final[dict[str, str]] = {
    # activation (R6, R8)
    "INTERFACE_OFF": "Die Schnittstelle ist in iX-Haus nicht aktiv (Systemeinstellung Schnittstelle.Mieterportal.Aktiv).",
    "NO_LICENCE": "Die Lizenz casavi ist nicht aktiv.",
    "SYSTEM_OFF": "Die Schnittstelle ist in den Einstellungen dieses Systems ausgeschaltet.",
    "BUSY": "Ein anderer Lauf dieser Gruppe arbeitet noch; dieser Lauf hat nichts getan.",
    # properties and units
    "RELEASED": "Das Objekt ist freigegeben.",
    "PROPERTY_NOT_RELEASED": "Das Objekt liegt nicht im Objektbereich.",
    "UNKNOWN_PROPERTY": "Das Objekt ist in iX-Haus nicht vorhanden.",
    # persons and contracts
    "ACTIVE": "Die Person hat einen gültigen Vertrag.",
    "NO_CONTRACT": "Es gibt keinen gültigen Vertrag in einem freigegebenen Objekt.",
    "NOT_YET": "Vertrag, Eigentum oder Tätigkeit beginnt erst; der Zugang öffnet die eingestellten Tage vor dem Beginn.",
    "MOVED_OUT": "Die Tage nach dem Auszug sind abgelaufen.",
    "OWNER": "Der Person gehört ein freigegebenes Objekt.",
    "OWNERSHIP_ENDED": "Das Eigentum ist beendet und die Tage danach sind abgelaufen.",
    "NO_OWNER_LICENCE": "Die Lizenz Objekteigentümer ist nicht aktiv.",
    "CARETAKER": "Die Person ist Hausmeister eines freigegebenen Objekts; sie wird ohne Zugang und nur mit Namen übertragen.",
    "CARETAKER_ENDED": "Die Tätigkeit als Hausmeister ist beendet.",
    "NO_CARETAKER_LICENCE": "Die Lizenz Hausmeister ist nicht aktiv.",
    "OTHER_GROUP": "Den Kontakt überträgt von nun an die andere Gruppe (Personen oder Eigentümer und Hausmeister).",
    "TYPE_NOT_RELEASED": "Der Personentyp ist nicht freigegeben; die Person ist kein Portalnutzer.",
    "MERGED": "Die Person gehört zu einem Partner, der bereits unter anderer Kennung im Portal ist.",
    "CONTACT_NOT_SENT": "Der Kontakt wird nicht übertragen, darum auch der Vertrag nicht.",
    "NO_PARTNER": "Der Partner ist in der Partnerverwaltung nicht vorhanden.",
    "MINOR": "Die Person ist minderjährig; sie wird ohne Zugang und ohne Kontaktdaten übertragen.",
    "MAIN_TENANT": "Der Partner ist selbst Hauptmieter dieses Vertrags; seine weitere Rolle darin entfällt.",
    "MAIN_WITHOUT_PARTNER": "Die Hauptperson des Vertrags ist nicht in der Partnerverwaltung; weitere Personen gehen dann nicht mit.",
    "UNKNOWN_PERSON": "Die Person des Vertrags ist in iX-Haus nicht vorhanden.",
    "UNKNOWN_KIND": "Die Vertragsart ist weder MIETE noch EIGENTUM.",
    "UNKNOWN_UNIT": "Die Fläche ist in iX-Haus nicht vorhanden.",
    "ANONYMISED_REMOVED": "Die Person ist anonymisiert und aus dem Portal entfernt; sie wird nicht neu angelegt.",
    # documents
    "DOCUMENT_RELEASED": "Das Dokument ist freigegeben.",
    "DOCUMENT_TYPE_NOT_RELEASED": "Der Dokumententyp ist nicht freigegeben.",
    "DOCUMENT_TOO_OLD": "Das Dokumentendatum liegt vor dem 1. Januar des Vorjahres.",
    "NO_DOCUMENT_DATE": "Das Dokumentendatum fehlt; der Zeitfilter braucht es.",
    "BAD_DMS_FIELDS": "Die Felder des DMS sind nicht lesbar (kein JSON-Objekt).",
    "NO_PROPERTY": "Die Objektnummer des Dokuments fehlt.",
    "NO_RECIPIENT_TYPE": "Der Empfängertyp (P oder K) fehlt.",
    "UNKNOWN_RECIPIENT_TYPE": "Der Empfängertyp ist weder P noch K.",
    "NO_RECIPIENT_ID": "Die EmpfängerHeaderID fehlt.",
    "UNKNOWN_RECIPIENT": "Den Empfänger des Dokuments gibt es in iX-Haus nicht.",
    "CREDITOR_NOT_IN_PORTAL": "Der Empfänger ist ein Kreditor und kein Portalnutzer.",
    "RECIPIENT_NO_PORTAL_USER": "Der Empfänger ist kein Portalnutzer; sobald er es ist, geht das Dokument hinaus.",
    "CONTRACT_NOT_IN_PORTAL": "Der Vertrag, zu dem das Dokument gehört, ist nicht (mehr) im Portal.",
    "UNIT_NOT_ALLOWED": "Dokumente dieses Typs dürfen nicht an der Fläche hängen, weil der nächste Mieter sie dort sähe.",
    "FOLDER_UNKNOWN": "Im Portal gibt es keinen Ordner dieses Namens; die Dokumente liegen im Ordner für übrige oder in keinem.",
    # data quality
    "NO_NAME": "Weder Nachname noch Firma ist erfasst.",
    "END_BEFORE_START": "Das Ende liegt vor dem Beginn.",
    "NO_START": "Der Beginn fehlt.",
    "EMAIL_INVALID": "Das Feld E-Mail enthält keine gültige Adresse.",
    "EMAIL_PARTLY": "Das Feld E-Mail enthält mehr als eine Adresse; die erste gültige wurde verwendet.",
    "EMAIL_SHARED": "Dieselbe E-Mail-Adresse ist bei mehreren Personen erfasst; nur eine erhält sie im Portal.",
    "ANONYMISED_VALUE": "Ein Feld enthält das Wort „anonymisiert“ und wurde nicht als Wert übertragen.",
    "INVALID_VALUE": "Ein Feld ist zu lang oder enthält unzulässige Zeichen.",
    # comparing and loading
    "GONE": "Der Datensatz ist in iX-Haus nicht mehr vorhanden.",
    "REMOVAL_GUARD": "Zu viele Entfernungen auf einmal; sie warten auf Freigabe (Required Actions).",
    "PARENT_NOT_IN_PORTAL": "Ein übergeordneter Datensatz ist nicht im Portal.",
    "REFUSED_BEFORE": "Das Portal hat diesen Stand bereits endgültig abgelehnt; erst eine Änderung wird neu gesendet.",
    "REFUSED": "Das Portal hat den Datensatz abgelehnt.",
    "CONFLICT": "Das Portal meldet einen Widerspruch mit einem vorhandenen Datensatz.",
    "PORTAL_FAULT": "Das Portal war gestört; der nächste Lauf versucht es erneut.",
    "RATE_LIMITED": "Das Portal hat um eine längere Pause gebeten, als dieser Lauf warten darf.",
    "TIMEOUT": "Das Portal hat nicht rechtzeitig geantwortet; der nächste Lauf prüft und versucht es erneut.",
    "NO_CONNECTION": "Das Portal war nicht erreichbar; der nächste Lauf versucht es erneut.",
    "BAD_ANSWER": "Die Antwort des Portals war unvollständig oder unverständlich; der nächste Lauf versucht es erneut.",
    "NOT_ATTEMPTED": "Nicht mehr versucht, weil der Lauf vorher enden musste.",
}


def explain(code: str) -> str:
    """Return the sentence staff read for a reason code; an unknown code is its own explanation."""
    return REASONS.get(code, code)
