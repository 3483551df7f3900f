"""Which rows a run about a few changed reports reads: all of their properties' reports, and who reported them."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, and_, or_, select

from include.ixhaus.contract.master import (
    SP_EIGENTUEMER,
    SP_EINHEIT,
    SP_HAUSMEISTER,
    SP_OBJEKT,
    SP_PARTNER,
    SP_PERSON,
    SP_VERTRAGSROLLE,
)
from include.ixhaus.contract.own import SP_ABGLEICH
from include.ixhaus.contract.reports import SP_ANHANG, SP_BEAUFTRAGUNG, SP_MELDUNG, SP_NOTIZ
from include.ixhaus.database import IDS_AT_ONCE, id_lists, read_snapshot
from include.settings import SystemSettings
from include.sync.run import Extract, RunState

_LEDGER, _REPORT, _PERSON = SP_ABGLEICH.c, SP_MELDUNG.c, SP_PERSON.c


def places(
    engine: Engine, settings: SystemSettings, _state: RunState, numbers: Collection[str]
) -> frozenset[str] | None:
    """Return the properties that some reports belong to, now and in the portal; None for more than can be named.

    numbers: of the reports
    """
    found: set[str] = set()
    with read_snapshot(engine) as connection:
        for wanted in id_lists(numbers):
            for query in _places_of(settings.system, wanted):
                found.update(number for text in connection.execute(query).scalars() for number in (text or "").split())
    return frozenset(found) if len(found) <= IDS_AT_ONCE else None


def _places_of(system: str, numbers: Sequence[str]) -> list[Select[Any]]:
    in_portal = and_(
        _LEDGER.system == system, _LEDGER.record_type.in_(["ticket", "post"]), _LEDGER.external_id.in_(numbers)
    )
    return [
        select(_REPORT.property_nr).where(_REPORT.report_nr.in_(numbers)),
        select(_LEDGER.properties).where(in_portal),
    ]


def extract(_engine: Engine, _settings: SystemSettings, _state: RunState, numbers: frozenset[str]) -> Extract:
    """Return which rows the rules need to decide about the reports of some properties as they would with all rows.

    numbers: of the properties
    """
    mine = sorted(numbers)
    here = _REPORT.property_nr.in_(mine)
    reports, reporters = select(_REPORT.report_nr).where(here), select(_REPORT.reporter_person).where(here)
    partners = [
        select(_REPORT.reporter_partner).where(here),
        select(_PERSON.partner_nr).where(_PERSON.person_key.in_(reporters)),
        reporters,  # a partner may have the number that is a person's key: then the person has another id
    ]

    def is_one(column: ColumnElement[str]) -> ColumnElement[bool]:
        return or_(*(column.in_(one) for one in partners))

    held_by_partners = (SP_PARTNER, SP_VERTRAGSROLLE, SP_EIGENTUEMER, SP_HAUSMEISTER)
    below_reports = (SP_NOTIZ, SP_ANHANG, SP_BEAUFTRAGUNG)
    views = {
        SP_MELDUNG.name: here,
        SP_OBJEKT.name: SP_OBJEKT.c.property_nr.in_(mine),
        SP_EINHEIT.name: SP_EINHEIT.c.property_nr.in_(mine),
        SP_PERSON.name: or_(_PERSON.person_key.in_(reporters), is_one(_PERSON.partner_nr)),
        **{table.name: table.c.report_nr.in_(reports) for table in below_reports},
        **{table.name: is_one(table.c.partner_nr) for table in held_by_partners},
    }
    people = or_(_LEDGER.external_id.in_(reporters), is_one(_LEDGER.external_id), _LEDGER.external_id.contains("~"))
    contacts = and_(_LEDGER.record_type == "contact", people)
    return Extract(views, or_(_LEDGER.properties.in_(mine), _LEDGER.record_type == "ticket_type", contacts))
