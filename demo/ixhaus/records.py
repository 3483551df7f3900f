"""Small builders for the hand-written cases: a record is a view's name and its columns, a case a few of them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from demo.ixhaus.estate import CASE_PROPERTY, place_of, street_of
from demo.ixhaus.writing import at_nine, years_before

Record = tuple[str, dict[str, Any]]
_KEYS: Final = {"SP_PERSON": "person_key", "SP_VERTRAG": "contract_nr", "SP_PARTNER": "partner_nr"}


@dataclass(frozen=True)
class Case:
    """One rule's or edge case's records; `name` is its id in the rule book, `about` what can be seen on it."""

    name: str
    about: str
    records: tuple[Record, ...] = ()
    shows: tuple[str, ...] = ()
    """Keys it is about, if not simply its persons."""

    @property
    def keys(self) -> list[str]:
        """Return the keys of the records the case is about."""
        return list(self.shows) or self.keys_in("SP_PERSON")

    def keys_in(self, view: str) -> list[str]:
        """Return the keys of the case's records in a view."""
        return [columns[_KEYS[view]] for name, columns in self.records if name == view]


@dataclass(frozen=True)
class Calendar:
    """Days counted from the sample's today."""

    today: date

    def __call__(self, days: int) -> date:
        """Return the day that lies `days` after today."""
        return self.today + timedelta(days=days)


def person(name: str, day: Calendar, kind: str = "Mieter", place: str = CASE_PROPERTY, **columns: Any) -> Record:
    """Return a person 129.<name>.1 with an e-mail address of its own; `columns` replaces what it should not have."""
    key = {"person_key": f"{place}.{name}.1", "property_nr": place, "person_type": kind}
    return "SP_PERSON", key | _contact(name, day) | columns


def partner(name: str, day: Calendar, **columns: Any) -> Record:
    """Return a partner P-<name>."""
    return "SP_PARTNER", {"partner_nr": f"P-{name}", "is_minor": "N"} | _contact(name, day) | columns


def unit(name: str, day: Calendar, place: str = CASE_PROPERTY, usage: str = "Privat") -> Record:
    """Return a unit that bears the case's name."""
    columns = {"name": f"Wohnung {name}", "entrance_nr": "1", "usage": usage}
    return "SP_EINHEIT", {"property_nr": place, "unit_nr": name, "changed_at": years_before(day.today, 2)} | columns


def contract(
    name: str,
    day: Calendar,
    begin: Any,
    end: Any = None,
    *,
    of: str = "",
    at: str = "",
    place: str = CASE_PROPERTY,
    kind: str = "MIETE",
) -> Record:
    """Return a contract V-<name> of the person `of` (a key) on the unit `at`, both by default the case's own."""
    return "SP_VERTRAG", {
        "contract_nr": f"V-{name}",
        "property_nr": place,
        "unit_nr": at or name,
        "person_key": of or f"{place}.{name}.1",
        "kind": kind,
        "begin": begin,
        "end": end,
        "changed_at": years_before(day.today, 1),
    }


def role(of: str, name: str, day: Calendar, kind: str = "MITBEWOHNER", begin: Any = None, end: Any = None) -> Record:
    """Return the role of partner P-<name> in contract V-<of>."""
    dates = {"begin": begin, "end": end, "changed_at": years_before(day.today, 1)}
    return "SP_VERTRAGSROLLE", {"contract_nr": f"V-{of}", "partner_nr": f"P-{name}", "role": kind} | dates


def tenant(name: str, day: Calendar, begin: Any, end: Any = None, **columns: Any) -> tuple[Record, ...]:
    """Return a person without partner, its unit and its contract."""
    return person(name, day, **columns), unit(name, day), contract(name, day, begin, end)


def registered(name: str, day: Calendar, begin: Any, end: Any = None, **columns: Any) -> tuple[Record, ...]:
    """Return a person kept in partner management, the partner, the unit and the contract."""
    return *tenant(name, day, begin, end, partner_nr=f"P-{name}"), partner(name, day, **columns)


def _contact(name: str, day: Calendar) -> dict[str, Any]:
    postal_code, city = place_of(CASE_PROPERTY)
    return {
        "salutation": "Frau",
        "first_name": "Erika",
        "last_name": f"Muster-{name}",
        "street": street_of(CASE_PROPERTY, 1),
        "postal_code": postal_code,
        "city": city,
        "country": "Deutschland",
        "telephone": "030 23125000",
        "email": f"{name.lower()}@example.org",
        "delivery_route": "PORTAL",
        "created_at": at_nine(day(-800)),
        "changed_at": at_nine(day(-30)),
    }
