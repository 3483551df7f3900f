"""Names, addresses and numbers of the sample's generated persons, a column at a time."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from demo.ixhaus import names
from demo.ixhaus.writing import moments

Objects = npt.NDArray[Any]
_WOMEN: Final = np.array(names.WOMEN, dtype=object)
_MEN: Final = np.array(names.MEN, dtype=object)
_LAST: Final = np.array(names.LAST, dtype=object)
_TRADES: Final = np.array(names.TRADES, dtype=object)
_DOMAINS: Final = np.array(names.MAIL_DOMAINS, dtype=object)
_LAND_LINES: Final = np.array(names.LAND_LINES, dtype=object)
_PLAIN: Final = {name: name.lower().translate(names.ASCII) for name in (*names.WOMEN, *names.MEN, *names.LAST)}
_MINUTES_A_YEAR: Final = 525_600


@dataclass(frozen=True)
class Home:
    """Where persons live, one row per person: entrance 0 stands for the property's own address."""

    property_nr: Objects
    sequence: npt.NDArray[np.int64]
    entrance: npt.NDArray[np.int64]
    street: Objects
    postal_code: Objects
    city: Objects

    def only(self, chosen: npt.NDArray[np.bool_]) -> "Home":
        """Return the rows chosen."""
        return Home(**{name: values[chosen] for name, values in vars(self).items()})


def contact_columns(
    random: np.random.Generator,
    persons: npt.NDArray[np.int64],
    home: Home,
    is_company: npt.NDArray[np.bool_],
    today: np.datetime64,
) -> dict[str, list[Any]]:
    """Return the columns a person and a partner have in common.

    persons: number of each person, unique in the whole sample: it makes the e-mail address unique too
    """
    count = len(persons)
    is_woman = random.random(count) < 0.5
    first = np.where(is_woman, _drawn(random, _WOMEN, count), _drawn(random, _MEN, count))
    last = _drawn(random, _LAST, count)
    has_contact = ~is_company | (random.random(count) < 0.4)  # other companies have a name only (E20)
    company = [f"{trade} {name} GmbH" for trade, name in zip(_drawn(random, _TRADES, count), last, strict=True)]
    emails = np.array(_emails(first, last, persons, _drawn(random, _DOMAINS, count)), dtype=object)
    has_email = random.random(count) < 0.88
    digits = random.integers(0, 900, count)
    lines = _drawn(random, _LAND_LINES, count)
    telephone = np.array([f"{line}{digit:03d}" for line, digit in zip(lines, digits, strict=True)], dtype=object)
    mobile = np.array([f"{names.MOBILE}{digit % 90:02d}" for digit in digits.tolist()], dtype=object)
    minutes = random.integers(1_000, 2 * _MINUTES_A_YEAR, count)
    changed = today.astype("datetime64[m]") - minutes
    created = changed - random.integers(0, 5 * _MINUTES_A_YEAR, count)
    salutation = np.where(has_contact, np.where(is_woman, "Frau", "Herr"), "Firma")
    return {
        "salutation": salutation.tolist(),
        "title": only_where(has_contact & (random.random(count) < 0.03), "Dr."),
        "first_name": only_where(has_contact, first),
        "last_name": only_where(has_contact, last),
        "company": only_where(is_company, np.array(company, dtype=object)),
        "street": home.street.tolist(),
        "postal_code": home.postal_code.tolist(),
        "city": home.city.tolist(),
        "country": ["Deutschland"] * count,
        "telephone": only_where(random.random(count) < 0.6, telephone),
        "mobile": only_where(random.random(count) < 0.7, mobile),
        "email": only_where(has_email, emails),
        "delivery_route": np.where(has_email, "PORTAL", "DRUCK").tolist(),
        "created_at": moments(created),
        "changed_at": moments(changed),
    }


def only_where(mask: npt.NDArray[np.bool_], values: Objects | str) -> list[Any]:
    """Return the values where the mask holds, else None."""
    chosen: list[Any] = np.where(mask, np.asarray(values, dtype=object), np.asarray(None, dtype=object)).tolist()
    return chosen


def _drawn(random: np.random.Generator, words: Objects, count: int) -> Objects:
    drawn: Objects = words[random.integers(len(words), size=count)]
    return drawn


def _emails(first: Objects, last: Objects, persons: npt.NDArray[np.int64], domains: Objects) -> list[str]:
    parts = zip(first.tolist(), last.tolist(), persons.tolist(), domains.tolist(), strict=True)
    return [f"{_PLAIN[given]}.{_PLAIN[family]}.{number}@{domain}" for given, family, number, domain in parts]
