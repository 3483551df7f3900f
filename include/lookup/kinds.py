"""What the page Warum? can be asked about, and where the keys of such records stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select

from include.ixhaus.contract.documents import SP_DOKUMENT
from include.ixhaus.contract.master import (
    SP_EIGENTUEMER,
    SP_EINHEIT,
    SP_HAUSMEISTER,
    SP_OBJEKT,
    SP_PARTNER,
    SP_PERSON,
    SP_VERTRAG,
    SP_VERTRAGSROLLE,
)
from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG
from include.ixhaus.contract.reports import SP_ANHANG, SP_BEAUFTRAGUNG, SP_MELDUNG, SP_NOTIZ
from include.vocabulary import ids

_LEDGER, _INBOX, _ROLE = SP_ABGLEICH.c, SP_EINGANG.c, SP_VERTRAGSROLLE.c
Columns = tuple[ColumnElement[Any], ...]


@dataclass(frozen=True)
class Kind:
    """What can be asked about: which groups decide, as which record types, and from which views its records are made.

    views: a name that ends with "/" stands for keys of several parts, of which the first is asked for; with one that
           begins with "/" any of the others
    keys:  columns of the views that hold its keys, the parts of one key together
    role:  only rows with this role in a contract
    """

    groups: tuple[str, ...]
    record_types: tuple[str, ...]
    views: tuple[str, ...]
    keys: tuple[Columns, ...]
    role: str = ""

    @property
    def is_people(self) -> bool:
        """Whether its records are persons, or what they have."""
        return self.groups == _PEOPLE

    @property
    def has_names(self) -> bool:
        """Whether its records are persons, who may be asked for by name."""
        return "contact" in self.record_types

    def key_queries(self) -> list[Select[Any]]:
        """Return the queries for the keys that iX-Haus has, one column for each part."""
        queries = [select(*columns) for columns in self.keys]
        if not self.role:
            return queries
        return [query.where(func.upper(func.trim(_ROLE.role)) == self.role).distinct() for query in queries]

    def ledger_query(self, system: str) -> Select[Any]:
        """Return the query for the ids under which the portal has or had such records, and the copies' own."""
        mine = (_LEDGER.system == system, _LEDGER.record_type.in_(self.record_types))
        return select(_LEDGER.external_id, _LEDGER.portal_id).where(*mine)

    def inbox_query(self, system: str) -> Select[Any]:
        """Return the query for the ids of what came from the portal."""
        mine = (_INBOX.system == system, _INBOX.record_type.in_(self.record_types))
        return select(_INBOX.portal_id).where(*mine)


_PEOPLE: Final = ("persons", "owners_caretakers")
_REPORTS: Final = ("reports",)
_NUMBER: Final = (SP_MELDUNG.c.report_nr,)
KINDS: Final[Mapping[str, Kind]] = {
    "property": Kind(("objects",), ("property",), ("SP_OBJEKT",), ((SP_OBJEKT.c.property_nr,),)),
    "unit": Kind(
        ("objects",), ("unit",), ("SP_EINHEIT",), ((SP_EINHEIT.c.property_nr, SP_EINHEIT.c.unit_nr),)
    ),
    "person": Kind(
        _PEOPLE, ("contact",), ("SP_PERSON", "SP_PARTNER"), ((SP_PERSON.c.person_key,), (SP_PARTNER.c.partner_nr,))
    ),
    "owner": Kind(
        _PEOPLE, ("contact", "contract"), ("SP_PARTNER", "/SP_EIGENTUEMER"), ((SP_EIGENTUEMER.c.partner_nr,),)
    ),
    "caretaker": Kind(
        _PEOPLE, ("contact", "responsibility"), ("SP_PARTNER", "/SP_HAUSMEISTER"),
        ((SP_HAUSMEISTER.c.partner_nr,), (SP_HAUSMEISTER.c.property_nr,)),
    ),
    "co_resident": Kind(
        _PEOPLE, ("contact", "contract"), ("SP_PARTNER", "/SP_VERTRAGSROLLE"), ((_ROLE.partner_nr,),), "MITBEWOHNER"
    ),
    "contract_partner": Kind(
        _PEOPLE, ("contact", "contract"), ("SP_PARTNER", "/SP_VERTRAGSROLLE"), ((_ROLE.partner_nr,),), "VERTRAGSPARTNER"
    ),
    "contract": Kind(
        _PEOPLE, ("contract",), ("SP_VERTRAG", "SP_VERTRAGSROLLE/"), ((SP_VERTRAG.c.contract_nr,),)
    ),
    "document": Kind(("documents",), ("document",), ("SP_DOKUMENT",), ((SP_DOKUMENT.c.document_id,),)),
    "report": Kind(_REPORTS, ("ticket", "post"), ("SP_MELDUNG",), (_NUMBER,)),
    "post": Kind(_REPORTS, ("post",), ("SP_MELDUNG",), (_NUMBER,)),
    "note": Kind(
        _REPORTS, ("comment",), ("SP_NOTIZ", "SP_BEAUFTRAGUNG"),
        ((SP_NOTIZ.c.note_id,), (SP_BEAUFTRAGUNG.c.order_nr,)),
    ),
    "attachment": Kind(_REPORTS, ("attachment",), ("SP_ANHANG",), ((SP_ANHANG.c.file_id,),)),
}  # fmt: skip
ASKED_AS: Final[Mapping[str, str]] = {
    "property": "property", "unit": "unit", "contact": "person", "contract": "contract", "responsibility": "caretaker",
    "document": "document", "ticket": "report", "post": "post", "comment": "note", "attachment": "attachment",
}  # fmt: skip
"""Record type → the kind as which it is asked for; others are nobody's record."""


def asked_by(source: str) -> tuple[str, str] | None:
    """Return kind and id under which a row of iX-Haus is asked for; None for rows that nobody asks for.

    source: the row as Verdict.sources names it
    """
    view, key, first, others = ids.read_source(source)
    for written, one in ((view, key), (f"{view}/", first), (f"/{view}", others)):
        for name, kind in KINDS.items():
            if written in kind.views:
                return name, one
    return None


def kind_of(name: str) -> str | None:
    """Return a kind by its name or by that of a record type; None if there is none."""
    return name if name in KINDS else ASKED_AS.get(name)
