"""Which persons and contracts have to be read to decide about some of them as a run over everything would.

What is decided about a contact depends on all its contracts, roles and offices, on who shares its number, and on
everybody with the same e-mail address (E14). So these are read, in however many properties they are, and nobody else:
first the numbers and addresses of all that there is, then the whole rows of the few.
"""

from collections.abc import Collection, Iterable
from typing import Any, Final

import pandas as pd
from pandas import DataFrame
from sqlalchemy import ColumnElement, Connection, Select, and_, false, or_, select

from include.ixhaus.contract.master import (
    SP_EIGENTUEMER,
    SP_EINHEIT,
    SP_HAUSMEISTER,
    SP_PARTNER,
    SP_PERSON,
    SP_VERTRAG,
    SP_VERTRAGSROLLE,
)
from include.ixhaus.contract.own import SP_ABGLEICH
from include.ixhaus.database import id_lists
from include.rules.emails import clean_emails
from include.rules.values import cleaned
from include.sync.run import Extract
from include.vocabulary import ids

_LEDGER: Final = SP_ABGLEICH.c
_KEYS: Final = {
    "persons": (SP_PERSON.c.person_key, SP_PERSON.c.partner_nr, SP_PERSON.c.property_nr, SP_PERSON.c.email),
    "partners": (SP_PARTNER.c.partner_nr, SP_PARTNER.c.email),
    "contracts": (SP_VERTRAG.c.contract_nr, SP_VERTRAG.c.person_key, SP_VERTRAG.c.property_nr),
    "roles": (SP_VERTRAGSROLLE.c.contract_nr, SP_VERTRAGSROLLE.c.partner_nr),
    "owners": (SP_EIGENTUEMER.c.property_nr, SP_EIGENTUEMER.c.partner_nr),
    "caretakers": (SP_HAUSMEISTER.c.property_nr, SP_HAUSMEISTER.c.partner_nr),
}
"""What says who belongs together."""


_MOST: Final = 5_000
"""More keys than these are not named one by one: everything is read then."""
Frames = dict[str, DataFrame]


def keys_queries() -> dict[str, Select[Any]]:
    """Return the queries for what says who belongs together."""
    return {name: select(*columns) for name, columns in _KEYS.items()}


def people_extract(connection: Connection, kind: str, wanted: Collection[str]) -> Extract:
    """Return which rows decide about some records of people; all of them where they are too many to be named."""
    frames = _frames(connection)
    return Extract() if frames is None else _extract(frames, _asked(frames, kind, wanted), set())


def recipients_extract(connection: Connection, recipients: Collection[str], houses: Collection[str]) -> Extract:
    """Return which rows say who somebody is, how his contracts stand, and whether there are such properties."""
    frames = _frames(connection)
    return Extract() if frames is None else _extract(frames, set(recipients), set(houses))


def _frames(connection: Connection) -> Frames | None:
    """Return who belongs together; None if a key has blanks behind it, as a CHAR column gives them: no condition finds
    those on every database.
    """
    frames = {name: _frame(connection, name, query) for name, query in keys_queries().items()}
    keys = [
        frames[name][column.key].dropna() for name, columns in _KEYS.items() for column in columns if column.primary_key
    ]
    return None if any(column.str.endswith(" ").any() for column in keys) else frames


def _extract(frames: Frames, asked: set[str], houses: set[str]) -> Extract:
    """Return the conditions.

    asked:  keys of persons and numbers of partners
    houses: properties of which one person and one contract each are enough, to see that there is such a property
    """
    numbers = _everybody(frames, asked)
    mine, owned = _contracts(frames, numbers), set(_of(frames["owners"], "partner_nr", numbers)["property_nr"])
    homes = set(_of(frames["contracts"], "contract_nr", mine)["property_nr"].dropna())
    # an owner's contracts depend on which units of the property are let (O28)
    contracts = mine | set(_of(frames["contracts"], "property_nr", owned)["contract_nr"])
    persons = numbers | set(_of(frames["contracts"], "contract_nr", mine)["person_key"].dropna())
    there = [
        _of(frames[name], "property_nr", houses).drop_duplicates("property_nr") for name in ("persons", "contracts")
    ]
    persons, contracts = persons | set(there[0]["person_key"]), contracts | set(there[1]["contract_nr"])
    views = {
        SP_PERSON.name: _among(SP_PERSON.c.person_key, persons),
        SP_PARTNER.name: _among(SP_PARTNER.c.partner_nr, numbers),
        SP_VERTRAG.name: _among(SP_VERTRAG.c.contract_nr, contracts),
        SP_VERTRAGSROLLE.name: _among(SP_VERTRAGSROLLE.c.partner_nr, numbers),
        SP_EINHEIT.name: _among(SP_EINHEIT.c.property_nr, homes | owned),
        **{
            table.name: or_(_among(table.c.partner_nr, numbers), _among(table.c.property_nr, houses))
            for table in (SP_EIGENTUEMER, SP_HAUSMEISTER)
        },
    }
    if max(map(len, (persons, contracts, homes | owned))) > _MOST:
        return Extract()
    is_one = or_(_among(_LEDGER.external_id, numbers), _LEDGER.external_id.contains(ids.ADDITION))
    return Extract(views, and_(_LEDGER.record_type == "contact", is_one))


def _frame(connection: Connection, name: str, query: Select[Any]) -> DataFrame:
    """Return keys as the rules see them: those by which others are named are cleaned, a record's own are not."""
    columns = [str(column.key) for column in _KEYS[name]]
    frame = DataFrame(map(tuple, connection.execute(query)), columns=columns, dtype="str")
    frame = cleaned(frame, [str(column.key) for column in _KEYS[name] if not column.primary_key])
    return frame.assign(email=clean_emails(frame["email"])["address"].str.lower()) if "email" in frame else frame


def _asked(frames: Frames, kind: str, wanted: Collection[str]) -> set[str]:
    """Return keys of persons and numbers of partners that the wanted records are about, as far as their ids say."""
    numbers, contracts = {base for one in wanted for base in ids.bases(one)}, set[str]()
    for one in wanted if kind != "person" else ():
        of_contract, of_partner = ids.contract_parts(one)
        contracts, numbers = contracts | of_contract, numbers | of_partner
    numbers |= set(_of(frames["roles"], "contract_nr", contracts)["partner_nr"])
    numbers |= set(_of(frames["contracts"], "contract_nr", contracts)["person_key"].dropna())
    if kind == "caretaker":  # all of a property are one record
        offices = frames["caretakers"]
        houses = {*wanted, *_of(offices, "partner_nr", numbers)["property_nr"]}
        numbers |= set(_of(offices, "property_nr", houses)["partner_nr"])
    return numbers


def _everybody(frames: Frames, asked: set[str]) -> set[str]:
    """Return these and whoever is one with them, has their number, or their e-mail address."""
    persons, partners = frames["persons"], frames["partners"]
    found: set[str] = set()
    while asked != found:
        found = asked
        mine = persons[persons["person_key"].isin(found) | persons["partner_nr"].isin(found)]
        addresses = pd.concat([mine["email"], _of(partners, "partner_nr", found)["email"]]).dropna()
        alike = pd.concat([mine, _of(persons, "email", addresses)])
        others = _of(partners, "email", addresses)["partner_nr"]
        asked = {*found, *alike["person_key"].dropna(), *alike["partner_nr"].dropna(), *others.dropna()}
    return found


def _contracts(frames: Frames, numbers: set[str]) -> set[str]:
    """Return the numbers of contracts that somebody has or has a role in, or that read like the id of such a role."""
    roles = _of(frames["roles"], "partner_nr", numbers)
    own = _of(frames["contracts"], "person_key", numbers)["contract_nr"]
    return {*own, *roles["contract_nr"], *ids.role(roles["contract_nr"], roles["partner_nr"])}


def _of(frame: DataFrame, name: str, values: Iterable[str]) -> DataFrame:
    return frame[frame[name].isin(list(values))]


def _among(column: ColumnElement[str], keys: Iterable[str]) -> ColumnElement[bool]:
    return or_(false(), *(column.in_(some) for some in id_lists(keys)))
