"""The sample's frame: switch, licences, properties with entrances, owners and caretakers, staff, report kinds."""

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain
from typing import Any, Final

from demo.ixhaus.names import CITIES, LAST, STREETS
from demo.ixhaus.writing import Row, write_rows, years_before

BULK_PROPERTIES: Final = (*(str(number) for number in range(100, 128)), "200", "300", "301")
"""Where the generated persons live; config/production.yaml releases all but the last two."""
EMPTY_PROPERTY: Final = "128"
CASE_PROPERTY: Final = "129"
MOST_ENTRANCES: Final = 40


def write_estate(connection: sqlite3.Connection, units_per_property: int, today: date) -> None:
    """Insert everything that does not depend on single persons."""
    write_rows(connection, "SP_EINSTELLUNG", [{"SCHLUESSEL": "Schnittstelle.Mieterportal.Aktiv", "WERT": "J"}])
    licences = ("casavi", "Objekteigentümer", "Hausmeister", "Komfortpaket")
    write_rows(connection, "SP_LIZENZ", ({"LIZENZ": name, "AKTIV": "J"} for name in licences))
    numbers = sorted({*BULK_PROPERTIES, EMPTY_PROPERTY, CASE_PROPERTY}, key=int)
    write_rows(connection, "SP_OBJEKT", (_property(number, today) for number in numbers))
    entrances = (_entrances(number, entrance_count(number, units_per_property), today) for number in numbers)
    write_rows(connection, "SP_HAUSEINGANG", chain.from_iterable(entrances))
    _write_owners_and_caretakers(connection, numbers, today)
    for table, rows in STAFF.items():
        write_rows(connection, table, rows)


def entrance_count(number: str, units_per_property: int) -> int:
    """Return how many entrances a property has."""
    if number in (EMPTY_PROPERTY, CASE_PROPERTY):
        return 2
    return min(MOST_ENTRANCES, max(2, units_per_property // 12 + int(number) % 3))


def street_of(number: str, entrance: int) -> str:
    """Return street and house number of a property's entrance, counted from 1."""
    return f"{STREETS[int(number) % len(STREETS)]} {2 * entrance - 1 + int(number) % 7}"


def place_of(number: str) -> tuple[str, str]:
    """Return postal code and city of a property."""
    return CITIES[int(number) % len(CITIES)]


def _property(number: str, today: date) -> dict[str, Any]:
    postal_code, city = place_of(number)
    is_old = number == "300"  # E22a: last changed years ago, sent all the same once it is released
    return {
        "OBJEKT_NR": number,
        "BEZEICHNUNG": f"Wohnanlage {street_of(number, 1)}",
        "STRASSE": street_of(number, 1),
        "PLZ": postal_code,
        "ORT": city,
        "LAND": "Deutschland",
        "PORTAL_NOTIZ": "Der Fahrradkeller ist neu gestrichen." if int(number) % 5 == 0 else None,
        "MESSDIENST_NR": f"{400_000_000 + int(number)}",
        "MESSDIENST_NAME": "Beispiel Messdienst",
        "MESSDIENST_KENNUNG": "BMD",
        "TEAM_NR": "T1" if int(number) % 2 else "T2",
        "GEAENDERT_AM": years_before(today, 10 if is_old else 1 + int(number) % 4 / 4),
    }


def _entrances(number: str, count: int, today: date) -> Iterator[Row]:
    for entrance in range(1, count + 1):
        yield {
            "OBJEKT_NR": number,
            "EINGANG_NR": str(entrance),
            "STRASSE": street_of(number, entrance),
            "GEAENDERT_AM": years_before(today, 4),
        }


def _write_owners_and_caretakers(connection: sqlite3.Connection, numbers: list[str], today: date) -> None:
    """Give every property an owner, every third one a second, and a caretaker who looks after several properties."""
    changed = years_before(today, 2)
    owners: list[Row] = []
    caretakers: list[Row] = []
    partners: dict[str, Row] = {}
    for number in numbers:
        postal_code, city = place_of(number)
        common = {
            "STRASSE": f"Eignerpfad {number}", "PLZ": postal_code, "ORT": city, "LAND": "Deutschland",
            "ANGELEGT_AM": changed, "GEAENDERT_AM": changed,
        }  # fmt: skip
        for share in range(2 if int(number) % 3 == 0 else 1):
            key = f"500{number}{share}"
            role = {"OBJEKT_NR": number, "PARTNER_NR": key, "GEAENDERT_AM": changed}
            owners.append(role | {"BEGINN": today - timedelta(days=3000)})
            partners[key] = {"PARTNER_NR": key, **_owner(number, share), **common}
        key = f"60010{int(number) % 6}"
        role = {"OBJEKT_NR": number, "PARTNER_NR": key, "GEAENDERT_AM": changed, "PORTAL_SICHTBAR": "J"}
        caretakers.append(role | {"BEGINN": today - timedelta(days=900), "ERREICHBARKEIT": "Mo bis Fr 8 bis 16 Uhr"})
        partners[key] = {"PARTNER_NR": key, **_caretaker(int(number) % 6), **common}
    write_rows(connection, "SP_EIGENTUEMER", owners)
    write_rows(connection, "SP_HAUSMEISTER", caretakers)
    write_rows(connection, "SP_PARTNER", partners.values())


def _owner(number: str, share: int) -> dict[str, Any]:
    email = f"eigner.{number}.{share}@example.com"
    if share:
        return {"FIRMA": f"Vermögensverwaltung {number} GbR", "ANREDE": "Firma", "EMAIL": email, "ZUSTELLWEG": "EMAIL"}
    last_name = LAST[int(number) % len(LAST)]
    return {"VORNAME": "Eigner", "NACHNAME": last_name, "ANREDE": "Herr", "EMAIL": email, "ZUSTELLWEG": "PORTAL"}


def _caretaker(index: int) -> dict[str, Any]:
    return {
        "VORNAME": "Hausmeister",
        "NACHNAME": LAST[100 + index],
        "ANREDE": "Herr",
        "TELEFON": f"030 23125{900 + index}",
        "MOBIL": f"0171 392009{index}",
        "EMAIL": f"hausmeister.{index}@example.net",
        "ZUSTELLWEG": "EMAIL",
    }


STAFF: Final[dict[str, tuple[Row, ...]]] = {
    "SP_TEAM": (
        {"TEAM_NR": "T1", "BEZEICHNUNG": "Nord", "BEZEICHNUNG2": "Team Nord", "TEAMTYP": "Objektverwaltung",
         "BENUTZER_NR": "011"},
        {"TEAM_NR": "T2", "BEZEICHNUNG": "Süd", "BEZEICHNUNG2": None, "TEAMTYP": "Objektverwaltung",
         "BENUTZER_NR": "012"},
        {"TEAM_NR": "T3", "BEZEICHNUNG": "Buchhaltung", "BEZEICHNUNG2": None, "TEAMTYP": "Buchhaltung",
         "BENUTZER_NR": "012"},
    ),
    "SP_BENUTZER": (
        {"BENUTZER_NR": "007", "NAME": "Serviceportal", "GESPERRT": "N", "DARF_MELDUNGEN": "J"},
        {"BENUTZER_NR": "011", "NAME": "Nora Nordlicht", "GESPERRT": "N", "DARF_MELDUNGEN": "J"},
        {"BENUTZER_NR": "012", "NAME": "Sven Südwind", "GESPERRT": "N", "DARF_MELDUNGEN": "J"},
        {"BENUTZER_NR": "013", "NAME": "Lotte Leserin", "GESPERRT": "N", "DARF_MELDUNGEN": "N"},
        {"BENUTZER_NR": "099", "NAME": "Ehemaliger", "GESPERRT": "J", "DARF_MELDUNGEN": "J"},
    ),
    "SP_MELDUNGSART": (
        {"MELDUNGSART": "REPARATUR", "BEZEICHNUNG": "Reparatur", "KATEGORIE": "Technik", "FREIGEGEBEN": "J",
         "NOTIZ_BEI_BEAUFTRAGUNG": "J",
         "NOTIZ_VORLAGE": "Zu Ihrer Meldung {report.number} wurde {contractor.name} beauftragt."},
        {"MELDUNGSART": "ANFRAGE", "BEZEICHNUNG": "Allgemeine Anfrage", "KATEGORIE": "Verwaltung",
         "FREIGEGEBEN": "J", "NICHT_REGISTRIERTE_PER_EMAIL": "J"},
        {"MELDUNGSART": "AUSHANG", "BEZEICHNUNG": "Hausmitteilung", "KATEGORIE": "Aushang", "FREIGEGEBEN": "J",
         "HAUSMITTEILUNG": "J"},
        {"MELDUNGSART": "GEBAEUDE", "BEZEICHNUNG": "Objektmeldung", "KATEGORIE": "Technik", "FREIGEGEBEN": "J",
         "OBJEKTMELDUNG": "J"},
        {"MELDUNGSART": "INTERN", "BEZEICHNUNG": "Interner Vorgang", "KATEGORIE": "Verwaltung", "FREIGEGEBEN": "J",
         "PORTAL_SPERRE": "J"},
        {"MELDUNGSART": "ALT", "BEZEICHNUNG": "Nicht freigegeben", "KATEGORIE": "Verwaltung", "FREIGEGEBEN": "N"},
    ),
}  # fmt: skip
"""Teams, users and report kinds."""
