"""The sample's generated crowd: units, tenants, owners, prospects, partners, contracts. All of it is valid data.

Made a slice of units at a time, each slice from its own random stream, so that a million persons fit into little
memory and the same seed and day give the same rows.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from demo.ixhaus import estate
from demo.ixhaus.contacts import Home, Objects, contact_columns, only_where
from demo.ixhaus.writing import days, moments, write_columns, years_before

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Dates = npt.NDArray[np.datetime64]
_SLICE: Final = 25_000
_PROPERTIES: Final = np.array(estate.BULK_PROPERTIES, dtype=object)


@dataclass(frozen=True)
class Plan:
    """How many units and prospects make up a number of persons; every ninth unit has a former tenant as well."""

    units: int
    prospects: int

    @classmethod
    def of(cls, persons: int) -> "Plan":
        """Return the plan for exactly `persons` persons, about one in 25 a prospect."""
        units = persons * 24 * 9 // 250
        return cls(units, persons - units - len(range(4, units, 9)))

    @property
    def units_per_property(self) -> int:
        """Return how many units each property has, rounded up."""
        return -(-self.units // len(_PROPERTIES))


@dataclass(frozen=True)
class Tenancies:
    """One contract per row: who lives where, from when to when."""

    unit: Numbers
    person: Numbers
    begin: Dates
    end: Dates
    is_owner: Mask
    is_company: Mask
    is_former: Mask

    def __len__(self) -> int:
        return len(self.unit)


def write_people(connection: sqlite3.Connection, plan: Plan, seed: int, today: date) -> None:
    """Insert the plan's units, persons, partners, contracts and roles."""
    for start in range(0, plan.units, _SLICE):
        random = np.random.default_rng([seed, start])
        units = np.arange(start, min(start + _SLICE, plan.units))
        home = _homes(units, plan)
        _write_units(connection, units, home, moments(np.array([years_before(today, 4)], "datetime64[s]"))[0])
        tenancies = _tenancies(random, units, np.datetime64(today, "D"))
        _write_tenancies(connection, random, tenancies, plan, np.datetime64(today, "D"))
    random = np.random.default_rng([seed, plan.units, 1])
    for start in range(0, plan.prospects, _SLICE):
        prospects = np.arange(start, min(start + _SLICE, plan.prospects))
        _write_prospects(connection, random, prospects, plan, np.datetime64(today, "D"))


def _homes(units: Numbers, plan: Plan) -> Home:
    place, sequence = units % len(_PROPERTIES), units // len(_PROPERTIES)
    counts = [estate.entrance_count(number, plan.units_per_property) for number in estate.BULK_PROPERTIES]
    streets = np.full((len(counts), estate.MOST_ENTRANCES + 1), None, dtype=object)
    for row, count in enumerate(counts):
        for entrance in range(1, count + 1):
            streets[row, entrance] = estate.street_of(estate.BULK_PROPERTIES[row], entrance)
    postal = np.array([estate.place_of(number) for number in estate.BULK_PROPERTIES], dtype=object)
    entrance = sequence % np.array(counts)[place] + 1
    has_own = sequence % 12 != 0  # the others share the property's address
    return Home(
        property_nr=_PROPERTIES[place],
        sequence=sequence + 1,
        entrance=np.where(has_own, entrance, 0),
        street=streets[place, np.where(has_own, entrance, 1)],
        postal_code=postal[place, 0],
        city=postal[place, 1],
    )


def _write_units(connection: sqlite3.Connection, units: Numbers, home: Home, changed: str) -> None:
    numbers = home.sequence.tolist()
    columns: dict[str, Sequence[Any]] = {
        "property_nr": home.property_nr.tolist(),
        "unit_nr": [f"{number:04d}" for number in numbers],
        "name": [f"{number % 4 + 1}. OG {('links', 'Mitte', 'rechts')[number % 3]}" for number in numbers],
        "entrance_nr": [str(entrance) if entrance else None for entrance in home.entrance.tolist()],
        "usage": np.where(_is_commercial(units), "Gewerblich", "Privat").tolist(),
        "metering_nr": [f"{number % 10_000:04d}" for number in numbers],
        "changed_at": [changed] * len(numbers),
    }
    write_columns(connection, "SP_EINHEIT", columns)
    has_parking = units % 7 == 2
    parking: dict[str, Sequence[Any]] = {
        "property_nr": home.property_nr[has_parking].tolist(),
        "unit_nr": [f"S{number:04d}" for number in home.sequence[has_parking].tolist()],
        "name": [f"Stellplatz {number}" for number in home.sequence[has_parking].tolist()],
        "usage": ["Stellplatz"] * int(has_parking.sum()),
        "changed_at": [changed] * int(has_parking.sum()),
    }
    write_columns(connection, "SP_EINHEIT", parking)


def _is_commercial(units: Numbers) -> Mask:
    return np.equal(units % 17, 5)


def _nobody(count: int) -> Mask:
    return np.zeros(count, dtype=bool)


def _tenancies(random: np.random.Generator, units: Numbers, today: np.datetime64) -> Tenancies:
    """Draw who lives in each unit now or last, and who lived there before in every ninth one."""
    count = len(units)
    stage = random.random(count)
    is_future, has_left = (stage >= 0.84) & (stage < 0.90), (stage >= 0.90) & (stage < 0.96)
    is_leaving = (stage >= 0.78) & (stage < 0.84)
    begin = today - random.integers(500, 6000, count)
    begin = np.where(is_future, today + random.integers(1, 200, count), begin)
    begin = np.where(stage >= 0.96, today - random.integers(0, 60, count), begin)
    end = np.full(count, np.datetime64("NaT"), dtype="datetime64[D]")
    end = np.where(is_leaving, today + random.integers(1, 150, count), end)
    end = np.where(has_left, today - random.integers(1, 400, count), end)
    is_company = _is_commercial(units)
    is_owner = (random.random(count) < 0.1) & ~is_company
    former = units % 9 == 4
    former_begin = begin[former] - random.integers(400, 3000, int(former.sum()))
    former_end = begin[former] - random.integers(1, 60, int(former.sum()))
    nobody = _nobody(int(former.sum()))
    return Tenancies(
        unit=np.concatenate([units, units[former]]),
        person=np.concatenate([2 * units, 2 * units[former] + 1]),
        begin=np.concatenate([begin, former_begin]),
        end=np.concatenate([end, former_end]),
        is_owner=np.concatenate([is_owner, nobody]),
        is_company=np.concatenate([is_company, is_company[former]]),
        is_former=np.concatenate([_nobody(count), ~nobody]),
    )


def _write_tenancies(
    connection: sqlite3.Connection,
    random: np.random.Generator,
    tenancies: Tenancies,
    plan: Plan,
    today: np.datetime64,
) -> None:
    home = _homes(tenancies.unit, plan)
    contacts = contact_columns(random, tenancies.person, home, tenancies.is_company, today)
    has_partner = random.random(len(tenancies)) < 0.85
    successor = ((tenancies.unit % 9 == 4) & ~tenancies.is_former).tolist()
    pairs = zip(home.property_nr.tolist(), home.sequence.tolist(), successor, strict=True)
    keys = [f"{number}.{sequence:04d}.{2 if second else 1:02d}" for number, sequence, second in pairs]
    partners = _partner_numbers(tenancies.person)
    persons = {
        "person_key": keys,
        "property_nr": home.property_nr.tolist(),
        "person_type": np.where(tenancies.is_owner, "Eigentümer", "Mieter").tolist(),
        "partner_nr": only_where(has_partner, partners),
    }
    write_columns(connection, "SP_PERSON", persons | contacts)
    _write_partners(connection, partners[has_partner], _chosen(contacts, has_partner), _nobody(int(has_partner.sum())))
    _write_contracts(connection, tenancies, home, keys, today)
    family = ~tenancies.is_former & ~tenancies.is_company & ~tenancies.is_owner & has_partner
    _write_roles(connection, random, tenancies, home, family & (tenancies.unit % 8 == 3), "MITBEWOHNER", today)
    _write_roles(connection, random, tenancies, home, family & (tenancies.unit % 25 == 11), "VERTRAGSPARTNER", today)


def _write_contracts(
    connection: sqlite3.Connection, tenancies: Tenancies, home: Home, keys: list[str], today: np.datetime64
) -> None:
    begin, end = np.array(days(tenancies.begin), dtype=object), np.array(days(tenancies.end), dtype=object)
    stamps = np.array(moments(np.minimum(tenancies.begin, today) - 30), dtype=object)
    kinds = np.where(tenancies.is_owner, "EIGENTUM", "MIETE")
    everyone = np.ones(len(tenancies), dtype=bool)
    has_parking = (tenancies.unit % 7 == 2) & ~tenancies.is_former
    for letter, chosen in (("", everyone), ("S", has_parking)):
        columns: dict[str, Sequence[Any]] = {
            "contract_nr": [f"{number}{letter}" for number in _contract_numbers(tenancies.person[chosen])],
            "property_nr": home.property_nr[chosen].tolist(),
            "unit_nr": [f"{letter}{sequence:04d}" for sequence in home.sequence[chosen].tolist()],
            "person_key": np.array(keys, dtype=object)[chosen].tolist(),
            "kind": kinds[chosen].tolist(),
            "begin": begin[chosen].tolist(),
            "end": end[chosen].tolist(),
            "changed_at": stamps[chosen].tolist(),
        }
        write_columns(connection, "SP_VERTRAG", columns)


def _write_roles(
    connection: sqlite3.Connection,
    random: np.random.Generator,
    tenancies: Tenancies,
    home: Home,
    chosen: Mask,
    role: str,
    today: np.datetime64,
) -> None:
    """Insert a further partner for the chosen contracts; every third co-resident is a child without e-mail."""
    persons = tenancies.person[chosen] + (10_000_001 if role == "MITBEWOHNER" else 20_000_001)
    is_child = (tenancies.unit[chosen] % 3 == 0) & (role == "MITBEWOHNER")
    contacts = contact_columns(random, persons, home.only(chosen), _nobody(len(persons)), today)
    for column in ("email", "telephone", "mobile"):
        contacts[column] = only_where(~is_child, np.array(contacts[column], dtype=object))
    partners = _partner_numbers(persons)
    _write_partners(connection, partners, contacts, is_child)
    columns: dict[str, Sequence[Any]] = {
        "contract_nr": _contract_numbers(tenancies.person[chosen]),
        "partner_nr": partners.tolist(),
        "role": [role] * len(persons),
        "changed_at": contacts["changed_at"],
    }
    write_columns(connection, "SP_VERTRAGSROLLE", columns)


def _write_partners(
    connection: sqlite3.Connection, numbers: Objects, contacts: dict[str, list[Any]], is_minor: Mask
) -> None:
    minor = np.where(is_minor, "J", "N").tolist()
    write_columns(connection, "SP_PARTNER", {"partner_nr": numbers.tolist(), "is_minor": minor} | contacts)


def _write_prospects(
    connection: sqlite3.Connection, random: np.random.Generator, prospects: Numbers, plan: Plan, today: np.datetime64
) -> None:
    """Insert persons of a type that is not released and who have no contract (R17)."""
    home = _homes(prospects, plan)
    persons = 30_000_000 + prospects
    contacts = contact_columns(random, persons, home, _nobody(len(prospects)), today)
    pairs = zip(home.property_nr.tolist(), home.sequence.tolist(), strict=True)
    columns = {
        "person_key": [f"{number}.{90_000 + sequence}.01" for number, sequence in pairs],
        "property_nr": home.property_nr.tolist(),
        "person_type": ["Interessent"] * len(prospects),
    }
    write_columns(connection, "SP_PERSON", columns | contacts)


def _chosen(columns: dict[str, list[Any]], mask: Mask) -> dict[str, list[Any]]:
    return {name: np.array(values, dtype=object)[mask].tolist() for name, values in columns.items()}


def _partner_numbers(persons: Numbers) -> Objects:
    return np.array([str(70_000_000 + number) for number in persons.tolist()], dtype=object)


def _contract_numbers(persons: Numbers) -> list[str]:
    return [f"V{number:08d}" for number in persons.tolist()]
