"""The sample's frame: switch, licences, properties with entrances, owners and caretakers, staff, report kinds."""

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain
from typing import Any, Final

from demo.ixhaus.names import CITIES, LAST, STREETS
from demo.ixhaus.writing import Row, write_rows, years_before

BULK_PROPERTIES: Final = (*(str(number) for number in range(100, 128)), "200", "300", "301")
"""Where the generated persons live; demo/config/production.yaml releases all but the last two."""
EMPTY_PROPERTY: Final = "128"
CASE_PROPERTY: Final = "129"
MOST_ENTRANCES: Final = 40


def write_estate(connection: sqlite3.Connection, units_per_property: int, today: date) -> None:
    """Insert everything that does not depend on single persons."""
    write_rows(connection, "SP_EINSTELLUNG", [{"name": "Schnittstelle.Mieterportal.Aktiv", "value": "J"}])
    licences = ("casavi", "Objekteigentümer", "Hausmeister", "Komfortpaket")
    write_rows(connection, "SP_LIZENZ", ({"licence": name, "active": "J"} for name in licences))
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
        "property_nr": number,
        "name": f"Wohnanlage {street_of(number, 1)}",
        "street": street_of(number, 1),
        "postal_code": postal_code,
        "city": city,
        "country": "Deutschland",
        "portal_note": "Der Fahrradkeller ist neu gestrichen." if int(number) % 5 == 0 else None,
        "metering_nr": f"{400_000_000 + int(number)}",
        "metering_provider": "Beispiel Messdienst",
        "metering_provider_id": "BMD",
        "team_nr": "T1" if int(number) % 2 else "T2",
        "changed_at": years_before(today, 10 if is_old else 1 + int(number) % 4 / 4),
    }


def _entrances(number: str, count: int, today: date) -> Iterator[Row]:
    for entrance in range(1, count + 1):
        yield {
            "property_nr": number,
            "entrance_nr": str(entrance),
            "street": street_of(number, entrance),
            "changed_at": years_before(today, 4),
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
            "street": f"Eignerpfad {number}", "postal_code": postal_code, "city": city, "country": "Deutschland",
            "created_at": changed, "changed_at": changed,
        }  # fmt: skip
        for share in range(2 if int(number) % 3 == 0 else 1):
            key = f"500{number}{share}"
            role = {"property_nr": number, "partner_nr": key, "changed_at": changed}
            owners.append(role | {"begin": today - timedelta(days=3000)})
            partners[key] = {"partner_nr": key, **_owner(number, share), **common}
        key = f"60010{int(number) % 6}"
        role = {"property_nr": number, "partner_nr": key, "changed_at": changed, "is_visible": "J"}
        caretakers.append(role | {"begin": today - timedelta(days=900)})
        partners[key] = {"partner_nr": key, **_caretaker(int(number) % 6), **common}
    write_rows(connection, "SP_EIGENTUEMER", owners)
    write_rows(connection, "SP_HAUSMEISTER", caretakers)
    write_rows(connection, "SP_PARTNER", partners.values())


def _owner(number: str, share: int) -> dict[str, Any]:
    email = f"eigner.{number}.{share}@example.com"
    if share:
        return {
            "company": f"Vermögensverwaltung {number} GbR",
            "salutation": "Firma",
            "email": email,
            "delivery_route": "EMAIL",
        }
    last_name = LAST[int(number) % len(LAST)]
    return {
        "first_name": "Eigner",
        "last_name": last_name,
        "salutation": "Herr",
        "email": email,
        "delivery_route": "PORTAL",
    }


def _caretaker(index: int) -> dict[str, Any]:
    return {
        "first_name": "Hausmeister",
        "last_name": LAST[100 + index],
        "salutation": "Herr",
        "telephone": f"030 23125{900 + index}",
        "mobile": f"0171 392009{index}",
        "email": f"hausmeister.{index}@example.net",
        "delivery_route": "EMAIL",
    }


STAFF: Final[dict[str, tuple[Row, ...]]] = {
    "SP_TEAM": (
        {"team_nr": "T1", "name": "Nord", "second_name": "Team Nord", "team_type": "Objektverwaltung",
         "user_nr": "011"},
        {"team_nr": "T2", "name": "Süd", "second_name": None, "team_type": "Objektverwaltung",
         "user_nr": "012"},
        {"team_nr": "T3", "name": "Buchhaltung", "second_name": None, "team_type": "Buchhaltung",
         "user_nr": "012"},
    ),
    "SP_BENUTZER": (
        {"user_nr": "007", "name": "Serviceportal", "is_blocked": "N", "may_report": "J"},
        {"user_nr": "011", "name": "Nora Nordlicht", "is_blocked": "N", "may_report": "J"},
        {"user_nr": "012", "name": "Sven Südwind", "is_blocked": "N", "may_report": "J"},
        {"user_nr": "013", "name": "Lotte Leserin", "is_blocked": "N", "may_report": "N"},
        {"user_nr": "099", "name": "Ehemaliger", "is_blocked": "J", "may_report": "J"},
    ),
    "SP_MELDUNGSART": (
        {"report_kind": "REPARATUR", "name": "Reparatur", "category": "Technik", "is_released": "J",
         "notes_commissioning": "J",
         "note_template": "Zu Ihrer Meldung {report.number} wurde {contractor.name} beauftragt."},
        {"report_kind": "ANFRAGE", "name": "Allgemeine Anfrage", "category": "Verwaltung",
         "is_released": "J", "notifies_unregistered": "J"},
        {"report_kind": "AUSHANG", "name": "Hausmitteilung", "category": "Aushang", "is_released": "J",
         "is_bulletin": "J"},
        {"report_kind": "GEBAEUDE", "name": "Objektmeldung", "category": "Technik", "is_released": "J",
         "is_property_wide": "J"},
        {"report_kind": "INTERN", "name": "Interner Vorgang", "category": "Verwaltung", "is_released": "J",
         "is_locked": "J"},
        {"report_kind": "ALT", "name": "Nicht freigegeben", "category": "Verwaltung", "is_released": "N"},
    ),
}  # fmt: skip
"""Teams, users and report kinds."""
