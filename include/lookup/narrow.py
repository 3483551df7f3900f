"""Which rows decide about single records as a run over everything would: only those are read when staff ask why.

objects    the property's units and entrances; contracts that name it, to know which units are let
people     see reach.py
documents  the document, its recipient as of people, and whether its property and its contract are there
reports    what a run reads that a change in the property started, see groups/reports/extract.py
"""

from collections.abc import Collection
from typing import Any, Final

from pandas import DataFrame
from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, func, or_, select

from include.groups.reports.extract import extract_of
from include.ixhaus.contract.documents import SP_DOKUMENT
from include.ixhaus.contract.master import SP_EINHEIT, SP_HAUSEINGANG, SP_OBJEKT, SP_VERTRAG
from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG
from include.ixhaus.contract.reports import SP_ANHANG, SP_BEAUFTRAGUNG, SP_MELDUNG, SP_NOTIZ
from include.ixhaus.database import read_snapshot
from include.lookup.kinds import KINDS
from include.lookup.reach import people_extract, recipients_extract
from include.rules.docuware import with_attributes
from include.rules.values import cleaned
from include.settings import SystemSettings
from include.sync.run import Extract
from include.vocabulary import ids

_LEDGER, _INBOX, _REPORT = SP_ABGLEICH.c, SP_EINGANG.c, SP_MELDUNG.c
_DESCRIBED: Final = ["recipient_type", "property_nr", "recipient_id", "contract_nr", "dms_fields"]
_BELOW: Final = {
    "note": ((SP_NOTIZ, SP_NOTIZ.c.note_id), (SP_BEAUFTRAGUNG, SP_BEAUFTRAGUNG.c.order_nr)),
    "attachment": ((SP_ANHANG, SP_ANHANG.c.file_id),),
}
"""Kind → where its records name their report."""


def extract_for(engine: Engine, settings: SystemSettings, kind: str, wanted: Collection[str]) -> Extract:
    """Return which rows to read to decide about records of a kind.

    wanted: their ids, as iX-Haus or the portal writes them
    """
    with read_snapshot(engine) as connection:
        match KINDS[kind].groups[0]:
            case "objects":
                return _objects(wanted, is_unit=kind == "unit")
            case "documents":
                return _documents(connection, settings, wanted)
            case "reports":
                return _reports(connection, settings.system, kind, wanted)
        return people_extract(connection, kind, wanted)


def _objects(wanted: Collection[str], *, is_unit: bool) -> Extract:
    numbers = sorted({ids.property_of(one) if is_unit else one for one in wanted})
    views = {
        table.name: func.rtrim(table.c.property_nr).in_(numbers) for table in (SP_OBJEKT, SP_HAUSEINGANG, SP_EINHEIT)
    }
    named = (SP_VERTRAG.c.property_nr.contains(number, autoescape=True) for number in numbers)  # blanks are cut off it
    return Extract({**views, SP_VERTRAG.name: or_(*named)}, _LEDGER.properties.in_(numbers))


def _documents(connection: Connection, settings: SystemSettings, wanted: Collection[str]) -> Extract:
    mine = sorted({base for one in wanted for base in ids.bases(one)})
    known: ColumnElement[bool] = _LEDGER.external_id.in_([*wanted, *mine])
    found = DataFrame(map(tuple, connection.execute(documents_query(mine))), columns=_DESCRIBED, dtype="str")
    described = with_attributes(cleaned(found, _DESCRIBED), settings)
    written = described["property_nr"].dropna()
    houses, recipients = {*written, *written.str.lstrip("0")}, described["recipient_id"].dropna()
    people = recipients_extract(connection, list(recipients), houses)
    if people.known is not None:
        known = or_(known, people.known, _LEDGER.external_id.in_(list(described["contract_nr"].dropna())))
    views = {**people.views, SP_DOKUMENT.name: func.rtrim(SP_DOKUMENT.c.document_id).in_(mine)}
    return Extract(views, None if people.known is None else known)


def documents_query(keys: Collection[str]) -> Select[Any]:
    """Return the query for what says whom and what documents are for."""
    document = SP_DOKUMENT.c
    return select(*(document[name] for name in _DESCRIBED)).where(func.rtrim(document.document_id).in_(keys))


def _reports(connection: Connection, system: str, kind: str, wanted: Collection[str]) -> Extract:
    mine = sorted({base for one in wanted for base in (one, *ids.bases(one))})
    mine += [erp_id for (erp_id,) in connection.execute(imported_query(system, mine)) if erp_id]
    places = [text for query in places_queries(system, kind, mine) for (text,) in connection.execute(query)]
    if not places or not all(places):  # a report without a property is decided about with all that there is
        return Extract()
    extract = extract_of(frozenset(number for text in places for number in text.split()))
    mine_too = and_(_LEDGER.record_type.in_(KINDS[kind].record_types), _LEDGER.external_id.in_(mine))
    return Extract(extract.views, None if extract.known is None else or_(extract.known, mine_too))


def imported_query(system: str, keys: Collection[str]) -> Select[Any]:
    """Return the query for the keys in iX-Haus of what came from the portal under one of these ids."""
    return select(_INBOX.erp_id).where(_INBOX.system == system, _INBOX.portal_id.in_(keys))


def places_queries(system: str, kind: str, keys: Collection[str]) -> list[Select[Any]]:
    """Return the queries for the properties of reports, notes or files, in iX-Haus and in the portal."""
    types = KINDS[kind].record_types
    mine = (_LEDGER.system == system, _LEDGER.record_type.in_(types), _LEDGER.external_id.in_(keys))
    orders = [key.removeprefix(ids.order_note("")) for key in keys]
    below = [select(table.c.report_nr).where(column.in_([*keys, *orders])) for table, column in _BELOW.get(kind, ())]
    if kind == "attachment":
        of_notes = select(SP_ANHANG.c.note_id).where(SP_ANHANG.c.file_id.in_(keys))
        below.append(select(SP_NOTIZ.c.report_nr).where(SP_NOTIZ.c.note_id.in_(of_notes)))
    numbers = _REPORT.report_nr.in_(keys)
    return [
        select(_REPORT.property_nr).where(
            numbers if not below else or_(*(_REPORT.report_nr.in_(one) for one in below))
        ),
        select(_LEDGER.properties).where(*mine),
    ]
