"""Views of the master data: activation, licences, properties, units, persons, contracts, owners, caretakers."""

from typing import Any

from sqlalchemy import Column, Table

from include.ixhaus.contract._columns import METADATA, changed, day, flag, key, moment, text

SP_EINSTELLUNG = Table(
    "SP_EINSTELLUNG",
    METADATA,
    key("SCHLUESSEL", "Name der Systemeinstellung, z. B. Schnittstelle.Mieterportal.Aktiv"),
    text("WERT", 400, "Wert der Einstellung; Schalter als J/N"),
    comment="Systemeinstellungen, die die Schnittstelle liest (R6)",
    info={"view": True},
)
SP_LIZENZ = Table(
    "SP_LIZENZ",
    METADATA,
    key("LIZENZ", "Name der Lizenz: casavi, Objekteigentümer, Hausmeister, Komfortpaket"),
    flag("AKTIV", "Lizenz ist freigeschaltet"),
    day("GUELTIG_BIS", "Letzter Tag der Lizenz; leer = unbefristet"),
    comment="Lizenzen (R6, R11, R12)",
    info={"view": True},
)
SP_OBJEKT = Table(
    "SP_OBJEKT",
    METADATA,
    key("OBJEKT_NR", "Objektnummer, wie sie im Objektbereich steht"),
    text("BEZEICHNUNG", 255, "Bezeichnung des Objekts"),
    text("STRASSE", 255, "Straße und Hausnummer"),
    text("PLZ", 20, "Postleitzahl"),
    text("ORT", 100, "Ort"),
    text("LAND", 100, "Land"),
    text("PORTAL_NOTIZ", 2000, "Text, den Bewohner lesen dürfen; nie die interne Notiz"),
    text("MESSDIENST_NR", 20, "Liegenschaftsnummer beim Messdienst, neunstellig"),
    text("MESSDIENST_NAME", 100, "Name des Messdienstes"),
    text("MESSDIENST_KENNUNG", 100, "Kennung des Messdienstes"),
    text("TEAM_NR", 20, "Zuständiges Team der Objektverwaltung"),
    changed(),
    comment="Objekte (R13)",
    info={"view": True},
)
SP_HAUSEINGANG = Table(
    "SP_HAUSEINGANG",
    METADATA,
    key("OBJEKT_NR", "Objektnummer"),
    key("EINGANG_NR", "Nummer des Hauseingangs im Objekt", 20),
    text("STRASSE", 255, "Straße und Hausnummer des Eingangs"),
    changed(),
    comment="Hauseingänge eines Objekts",
    info={"view": True},
)
SP_EINHEIT = Table(
    "SP_EINHEIT",
    METADATA,
    key("OBJEKT_NR", "Objektnummer"),
    key("FLAECHE_NR", "Flächennummer im Objekt", 40),
    text("BEZEICHNUNG", 255, "Bezeichnung oder Lage, z. B. 1. OG links"),
    text("EINGANG_NR", 20, "Hauseingang der Fläche; leer = Adresse des Objekts"),
    text("NUTZUNG", 40, "Nutzung: Privat, Gewerblich, Stellplatz"),
    text("MESSDIENST_NR", 20, "Nutzernummer beim Messdienst, vierstellig"),
    text("PORTAL_NOTIZ", 2000, "Text, den Bewohner lesen dürfen"),
    changed(),
    comment="Flächen (Wohnungen, Gewerbe, Stellplätze) eines Objekts",
    info={"view": True},
)


def _contact_columns() -> list[Column[Any]]:
    """Return the columns a person and a partner have in common (O1); fresh ones, as a column belongs to one table."""
    return [
        text("ANREDE", 60, "Anrede"),
        text("TITEL", 60, "Titel"),
        text("VORNAME", 255, "Vorname"),
        text("NACHNAME", 255, "Nachname"),
        text("FIRMA", 255, "Firma"),
        text("STRASSE", 255, "Straße und Hausnummer der Postanschrift"),
        text("PLZ", 20, "Postleitzahl der Postanschrift"),
        text("ORT", 100, "Ort der Postanschrift"),
        text("LAND", 100, "Land der Postanschrift"),
        text("TELEFON", 100, "Telefon"),
        text("MOBIL", 100, "Mobiltelefon"),
        text("FAX", 100, "Fax"),
        text("EMAIL", 400, "E-Mail, wie erfasst; auch mehrere, durch ; getrennt"),
        text("HOMEPAGE", 255, "Internetseite"),
        text("ZUSTELLWEG", 40, "Zustellweg: PORTAL, EMAIL, DRUCK"),
        moment("ANONYMISIERT_AM", "Zeitpunkt der vollständigen Anonymisierung; leer = nicht anonymisiert"),
        moment("ANGELEGT_AM", "Anlage des Datensatzes; unterscheidet eine neu vergebene Nummer von der alten"),
        changed(),
    ]


SP_PERSON = Table(
    "SP_PERSON",
    METADATA,
    key("PERSON_SCHLUESSEL", "Personenschlüssel Objekt.Person.Folge"),
    text("OBJEKT_NR", 100, "Objekt, zu dem die Person geführt wird"),
    text("PERSONENTYP", 40, "Personentyp, z. B. Mieter, Eigentümer, Interessent"),
    text("PARTNER_NR", 100, "Partner in der Partnerverwaltung; leer = nicht dort geführt"),
    *_contact_columns(),
    comment="Personen (R16, R17)",
    info={"view": True},
)
SP_PARTNER = Table(
    "SP_PARTNER",
    METADATA,
    key("PARTNER_NR", "Partnernummer"),
    text("FUNKTION", 100, "Funktion in der Firma"),
    flag("MINDERJAEHRIG", "Partner ist minderjährig: nie Portalnutzer"),
    *_contact_columns(),
    comment="Partner der Partnerverwaltung (R22)",
    info={"view": True},
)
SP_VERTRAG = Table(
    "SP_VERTRAG",
    METADATA,
    key("VERTRAG_NR", "Vertragsnummer"),
    text("OBJEKT_NR", 100, "Objektnummer"),
    text("FLAECHE_NR", 40, "Flächennummer"),
    text("PERSON_SCHLUESSEL", 100, "Person, mit der der Vertrag besteht"),
    text("ART", 20, "MIETE oder EIGENTUM"),
    day("BEGINN", "Erster Tag des Vertrags"),
    day("ENDE", "Letzter Tag des Vertrags; leer = unbefristet"),
    changed(),
    comment="Verträge zwischen Person und Fläche (R16, R18, R19)",
    info={"view": True},
)
SP_VERTRAGSROLLE = Table(
    "SP_VERTRAGSROLLE",
    METADATA,
    key("VERTRAG_NR", "Vertragsnummer"),
    key("PARTNER_NR", "Partner, der die Rolle hat"),
    key("ROLLE", "MITBEWOHNER oder VERTRAGSPARTNER", 20),
    day("BEGINN", "Erster Tag; leer = Vertragsbeginn"),
    day("ENDE", "Letzter Tag; leer = Vertragsende"),
    changed(),
    comment="Mitbewohner und weitere Vertragspartner eines Vertrags (R22, O20)",
    info={"view": True},
)
SP_EIGENTUEMER = Table(
    "SP_EIGENTUEMER",
    METADATA,
    key("OBJEKT_NR", "Objektnummer"),
    key("PARTNER_NR", "Partner, dem das Objekt gehört"),
    day("BEGINN", "Erster Tag des Eigentums"),
    day("ENDE", "Letzter Tag des Eigentums; leer = unbefristet"),
    changed(),
    comment="Objekteigentümer (R11, Lizenz Objekteigentümer)",
    info={"view": True},
)
SP_HAUSMEISTER = Table(
    "SP_HAUSMEISTER",
    METADATA,
    key("OBJEKT_NR", "Objektnummer"),
    key("PARTNER_NR", "Partner, der Hausmeister ist"),
    text("ERREICHBARKEIT", 255, "Text zur Erreichbarkeit"),
    flag("PORTAL_SICHTBAR", "Im Portal anzeigen"),
    day("BEGINN", "Erster Tag"),
    day("ENDE", "Letzter Tag; leer = unbefristet"),
    changed(),
    comment="Hausmeister (R11, Lizenz Hausmeister)",
    info={"view": True},
)
