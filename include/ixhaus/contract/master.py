"""Views of the master data: activation, licences, properties, units, persons, contracts, owners, caretakers."""

from typing import Any

from sqlalchemy import Column, Table

from include.ixhaus.contract._columns import METADATA, changed, day, flag, key, moment, text

SP_EINSTELLUNG = Table(
    "SP_EINSTELLUNG",
    METADATA,
    key("SCHLUESSEL", "name", "Name der Systemeinstellung, z. B. Schnittstelle.Mieterportal.Aktiv"),
    text("WERT", "value", 400, "Wert der Einstellung; Schalter als J/N"),
    comment="Systemeinstellungen, die die Schnittstelle liest (R6)",
    info={"view": True, "frame": "erp_settings"},
)
SP_LIZENZ = Table(
    "SP_LIZENZ",
    METADATA,
    key("LIZENZ", "licence", "Name der Lizenz: casavi, Objekteigentümer, Hausmeister, Komfortpaket"),
    flag("AKTIV", "active", "Lizenz ist freigeschaltet"),
    day("GUELTIG_BIS", "valid_until", "Letzter Tag der Lizenz; leer = unbefristet"),
    comment="Lizenzen (R6, R11, R12)",
    info={"view": True, "frame": "licences"},
)
SP_OBJEKT = Table(
    "SP_OBJEKT",
    METADATA,
    key("OBJEKT_NR", "property_nr", "Objektnummer, wie sie im Objektbereich steht"),
    text("BEZEICHNUNG", "name", 255, "Bezeichnung des Objekts"),
    text("STRASSE", "street", 255, "Straße und Hausnummer"),
    text("PLZ", "postal_code", 20, "Postleitzahl"),
    text("ORT", "city", 100, "Ort"),
    text("LAND", "country", 100, "Land"),
    text("PORTAL_NOTIZ", "portal_note", 2000, "Text, den Bewohner lesen dürfen; nie die interne Notiz"),
    text("MESSDIENST_NR", "metering_nr", 20, "Liegenschaftsnummer beim Messdienst, neunstellig"),
    text("MESSDIENST_NAME", "metering_provider", 100, "Name des Messdienstes"),
    text("MESSDIENST_KENNUNG", "metering_provider_id", 100, "Kennung des Messdienstes"),
    text("TEAM_NR", "team_nr", 20, "Zuständiges Team der Objektverwaltung"),
    changed(),
    comment="Objekte (R13)",
    info={"view": True, "frame": "properties"},
)
SP_HAUSEINGANG = Table(
    "SP_HAUSEINGANG",
    METADATA,
    key("OBJEKT_NR", "property_nr", "Objektnummer"),
    key("EINGANG_NR", "entrance_nr", "Nummer des Hauseingangs im Objekt", 20),
    text("STRASSE", "street", 255, "Straße und Hausnummer des Eingangs"),
    changed(),
    comment="Hauseingänge eines Objekts",
    info={"view": True, "frame": "entrances"},
)
SP_EINHEIT = Table(
    "SP_EINHEIT",
    METADATA,
    key("OBJEKT_NR", "property_nr", "Objektnummer"),
    key("FLAECHE_NR", "unit_nr", "Flächennummer im Objekt", 40),
    text("BEZEICHNUNG", "name", 255, "Bezeichnung oder Lage, z. B. 1. OG links"),
    text("EINGANG_NR", "entrance_nr", 20, "Hauseingang der Fläche; leer = Adresse des Objekts"),
    text("NUTZUNG", "usage", 40, "Nutzung: Privat, Gewerblich, Stellplatz"),
    text("MESSDIENST_NR", "metering_nr", 20, "Nutzernummer beim Messdienst, vierstellig"),
    text("PORTAL_NOTIZ", "portal_note", 2000, "Text, den Bewohner lesen dürfen"),
    changed(),
    comment="Flächen (Wohnungen, Gewerbe, Stellplätze) eines Objekts",
    info={"view": True, "frame": "units"},
)


def _contact_columns() -> list[Column[Any]]:
    """Return the columns a person and a partner have in common (O1); fresh ones, as a column belongs to one table."""
    return [
        text("ANREDE", "salutation", 60, "Anrede"),
        text("TITEL", "title", 60, "Titel"),
        text("VORNAME", "first_name", 255, "Vorname"),
        text("NACHNAME", "last_name", 255, "Nachname"),
        text("FIRMA", "company", 255, "Firma"),
        text("STRASSE", "street", 255, "Straße und Hausnummer der Postanschrift"),
        text("PLZ", "postal_code", 20, "Postleitzahl der Postanschrift"),
        text("ORT", "city", 100, "Ort der Postanschrift"),
        text("LAND", "country", 100, "Land der Postanschrift"),
        text("TELEFON", "telephone", 100, "Telefon"),
        text("MOBIL", "mobile", 100, "Mobiltelefon"),
        text("FAX", "fax", 100, "Fax"),
        text("EMAIL", "email", 400, "E-Mail, wie erfasst; auch mehrere, durch ; getrennt"),
        text("HOMEPAGE", "website", 255, "Internetseite"),
        text("ZUSTELLWEG", "delivery_route", 40, "Zustellweg: PORTAL, EMAIL, DRUCK"),
        moment(
            "ANONYMISIERT_AM", "anonymised_at", "Zeitpunkt der vollständigen Anonymisierung; leer = nicht anonymisiert"
        ),
        moment(
            "ANGELEGT_AM", "created_at", "Anlage des Datensatzes; unterscheidet eine neu vergebene Nummer von der alten"
        ),
        changed(),
    ]


SP_PERSON = Table(
    "SP_PERSON",
    METADATA,
    key("PERSON_SCHLUESSEL", "person_key", "Personenschlüssel Objekt.Person.Folge"),
    text("OBJEKT_NR", "property_nr", 100, "Objekt, zu dem die Person geführt wird"),
    text("PERSONENTYP", "person_type", 40, "Personentyp, z. B. Mieter, Eigentümer, Interessent"),
    text("PARTNER_NR", "partner_nr", 100, "Partner in der Partnerverwaltung; leer = nicht dort geführt"),
    *_contact_columns(),
    comment="Personen (R16, R17)",
    info={"view": True, "frame": "persons"},
)
SP_PARTNER = Table(
    "SP_PARTNER",
    METADATA,
    key("PARTNER_NR", "partner_nr", "Partnernummer"),
    text("FUNKTION", "company_role", 100, "Funktion in der Firma"),
    flag("MINDERJAEHRIG", "is_minor", "Partner ist minderjährig: nie Portalnutzer"),
    *_contact_columns(),
    comment="Partner der Partnerverwaltung (R22)",
    info={"view": True, "frame": "partners"},
)
SP_VERTRAG = Table(
    "SP_VERTRAG",
    METADATA,
    key("VERTRAG_NR", "contract_nr", "Vertragsnummer"),
    text("OBJEKT_NR", "property_nr", 100, "Objektnummer"),
    text("FLAECHE_NR", "unit_nr", 40, "Flächennummer"),
    text("PERSON_SCHLUESSEL", "person_key", 100, "Person, mit der der Vertrag besteht"),
    text("ART", "kind", 20, "MIETE oder EIGENTUM"),
    day("BEGINN", "begin", "Erster Tag des Vertrags"),
    day("ENDE", "end", "Letzter Tag des Vertrags; leer = unbefristet"),
    changed(),
    comment="Verträge zwischen Person und Fläche (R16, R18, R19)",
    info={"view": True, "frame": "contracts"},
)
SP_VERTRAGSROLLE = Table(
    "SP_VERTRAGSROLLE",
    METADATA,
    key("VERTRAG_NR", "contract_nr", "Vertragsnummer"),
    key("PARTNER_NR", "partner_nr", "Partner, der die Rolle hat"),
    key("ROLLE", "role", "MITBEWOHNER oder VERTRAGSPARTNER", 20),
    day("BEGINN", "begin", "Erster Tag; leer = Vertragsbeginn"),
    day("ENDE", "end", "Letzter Tag; leer = Vertragsende"),
    changed(),
    comment="Mitbewohner und weitere Vertragspartner eines Vertrags (R22, O20)",
    info={"view": True, "frame": "contract_roles"},
)
SP_EIGENTUEMER = Table(
    "SP_EIGENTUEMER",
    METADATA,
    key("OBJEKT_NR", "property_nr", "Objektnummer"),
    key("PARTNER_NR", "partner_nr", "Partner, dem das Objekt gehört"),
    day("BEGINN", "begin", "Erster Tag des Eigentums"),
    day("ENDE", "end", "Letzter Tag des Eigentums; leer = unbefristet"),
    changed(),
    comment="Objekteigentümer (R11, Lizenz Objekteigentümer)",
    info={"view": True, "frame": "owners"},
)
SP_HAUSMEISTER = Table(
    "SP_HAUSMEISTER",
    METADATA,
    key("OBJEKT_NR", "property_nr", "Objektnummer"),
    key("PARTNER_NR", "partner_nr", "Partner, der Hausmeister ist"),
    flag("PORTAL_SICHTBAR", "is_visible", "Im Portal anzeigen"),
    day("BEGINN", "begin", "Erster Tag"),
    day("ENDE", "end", "Letzter Tag; leer = unbefristet"),
    changed(),
    comment="Hausmeister (R11, Lizenz Hausmeister)",
    info={"view": True, "frame": "caretakers"},
)
