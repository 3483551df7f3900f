"""What a person is to the houses: tenant, co-resident, contract partner, owner, caretaker; several at once (R23)."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select

from include.ixhaus.contract.master import SP_EIGENTUEMER, SP_HAUSMEISTER, SP_VERTRAG, SP_VERTRAGSROLLE

_ROLES: Final = {"MITBEWOHNER": "co_resident", "VERTRAGSPARTNER": "contract_partner"}


def roles_of(connection: Connection, sources: Sequence[str]) -> tuple[str, ...]:
    """Return what a contact is, now or at some time, from the keys it is made of."""
    keys = [source.partition(":") for source in sources]
    persons, partners = ([key for view, _, key in keys if view == name] for name in ("SP_PERSON", "SP_PARTNER"))
    found = {"tenant"} if connection.execute(contracts_query(persons)).first() else set[str]()
    found |= {_ROLES.get(role, "") for (role,) in connection.execute(roles_query(partners))}
    for office, query in offices_queries(partners).items():
        found |= {office} if connection.execute(query).first() else set()
    return tuple(role for role in ("tenant", *_ROLES.values(), "owner", "caretaker") if role in found)


def contracts_query(persons: Sequence[str]) -> Select[Any]:
    """Return the query for a contract of persons."""
    return select(SP_VERTRAG.c.contract_nr).where(func.trim(SP_VERTRAG.c.person_key).in_(persons)).limit(1)


def roles_query(partners: Sequence[str]) -> Select[Any]:
    """Return the query for the roles that partners have in contracts."""
    role = SP_VERTRAGSROLLE.c
    return select(func.upper(func.trim(role.role))).where(role.partner_nr.in_(partners)).distinct()


def offices_queries(partners: Sequence[str]) -> dict[str, Select[Any]]:
    """Return the queries for what partners own and look after."""
    offices = {"owner": SP_EIGENTUEMER.c, "caretaker": SP_HAUSMEISTER.c}
    return {name: select(one.property_nr).where(one.partner_nr.in_(partners)).limit(1) for name, one in offices.items()}
