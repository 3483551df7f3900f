"""Every statement of the inbound direction: reads by key, plain inserts, updates by key.

A consultant may put INSTEAD OF triggers behind the written views, so nothing here expects more than that.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, Select, Table, Update, bindparam, exists, insert, select, update

from include.ixhaus.contract.master import SP_LIZENZ, SP_OBJEKT, SP_PARTNER, SP_PERSON, SP_VERTRAG, SP_VERTRAGSROLLE
from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG, SP_PROTOKOLL_EINTRAG
from include.ixhaus.contract.reports import (
    SP_ANHANG,
    SP_BEAUFTRAGUNG,
    SP_BENUTZER,
    SP_MELDUNG,
    SP_MELDUNGSART,
    SP_NOTIZ,
    SP_TEAM,
)
from include.ixhaus.database import id_lists
from include.ixhaus.rows import named_rows

Row = dict[str, Any]
LONGEST_KEY: Final = 100
_IDS: Final[BindParameter[Any]] = bindparam("k_ids", expanding=True)
_SYSTEM: Final[BindParameter[Any]] = bindparam("k_system")
_KIND: Final[BindParameter[Any]] = bindparam("k_kind")
_KEY: Final[BindParameter[Any]] = bindparam("k_key")
_inbox, _ledger, _entry = SP_EINGANG.c, SP_ABGLEICH.c, SP_PROTOKOLL_EINTRAG.c
_report, _note, _file, _contract, _role = SP_MELDUNG.c, SP_NOTIZ.c, SP_ANHANG.c, SP_VERTRAG.c, SP_VERTRAGSROLLE.c

USER: Final = select(SP_BENUTZER.c.is_blocked, SP_BENUTZER.c.may_report).where(SP_BENUTZER.c.user_nr == _KEY)
NAMED_USERS: Final = select(SP_BENUTZER.c.user_nr, SP_BENUTZER.c.name).where(
    (SP_BENUTZER.c.user_nr == _KEY) | (SP_BENUTZER.c.name == bindparam("k_name"))
)
STAFF_NAME: Final = select(SP_BENUTZER.c.name).where(SP_BENUTZER.c.user_nr == _KEY)
_EVENT: Final = (
    _inbox.portal_id, _inbox.erp_id, _inbox.version, _inbox.reason, _inbox.received_at, _inbox.tried_at,
)  # fmt: skip
_OF_KIND: Final = (_inbox.system == _SYSTEM, _inbox.record_type == _KIND)
INBOX: Final = select(*_EVENT).where(*_OF_KIND, _inbox.portal_id.in_(_IDS))
SET_ASIDE: Final = select(*_EVENT).where(*_OF_KIND, _inbox.reason.is_not(None)).order_by(_inbox.tried_at)
NOT_IMPORTED: Final = select(_inbox.portal_id, _inbox.reason, _inbox.received_at).where(
    *_OF_KIND,
    _inbox.reason.is_not(None),
    _inbox.erp_id.is_(None),
    ~exists().where(
        _ledger.system == _inbox.system,
        _ledger.record_type == _inbox.record_type,
        _ledger.external_id == _inbox.portal_id,
    ),
)
LEDGER: Final = select(
    _ledger.external_id,
    _ledger.state,
    _ledger.acknowledged_at,
    _ledger.identity,
    _ledger.hash,
    _ledger.outcome,
    _ledger.reason,
).where(_ledger.system == _SYSTEM, _ledger.record_type == _KIND, _ledger.external_id.in_(_IDS))
ENTRIES: Final = select(_entry.record_type, _entry.external_id, _entry.reason).where(
    _entry.system == _SYSTEM, _entry.run == _KEY
)
KIND: Final = select(
    SP_MELDUNGSART.c.name, SP_MELDUNGSART.c.is_released, SP_MELDUNGSART.c.is_locked, SP_MELDUNGSART.c.is_bulletin,
    SP_MELDUNGSART.c.is_property_wide,
).where(SP_MELDUNGSART.c.report_kind == _KEY)  # fmt: skip
REPORTS: Final = select(
    _report.report_nr, _report.status, _report.hint, _report.changed_at, _report.property_nr, _report.origin,
    _report.subject, _report.reported_at,
).where(_report.report_nr.in_(_IDS))  # fmt: skip
NOTES: Final = select(
    _note.note_id,
    _note.text,
    _note.is_public,
    _note.author,
    _note.created_by,
    _note.created_at,
    _note.origin,
).where(_note.report_nr == _KEY)
NOTE_OWNERS: Final = select(_note.note_id, _note.report_nr).where(_note.note_id.in_(_IDS))
FILE_OWNERS: Final = select(_file.file_id, _file.report_nr).where(_file.file_id.in_(_IDS))
ORDERS: Final = select(SP_BEAUFTRAGUNG.c.order_nr).where(SP_BEAUFTRAGUNG.c.report_nr == _KEY)
IMPORTED_NOTES: Final = (
    select(*_EVENT, _note.created_at)
    .join(SP_NOTIZ, _note.note_id == _inbox.erp_id)
    .where(
        _inbox.system == _SYSTEM,
        _inbox.record_type == _KIND,
        _note.report_nr == _KEY,
        _note.origin == bindparam("k_origin"),
    )
)
FILES: Final = select(
    _file.file_id, _file.file_name, _file.media_type, _file.size, _file.origin, _file.changed_at
).where(_file.report_nr == _KEY)
CONTENT: Final = select(_file.content).where(_file.file_id == _KEY)
PERSON: Final = select(SP_PERSON.c.person_key, SP_PERSON.c.partner_nr, SP_PERSON.c.created_at).where(
    SP_PERSON.c.person_key == _KEY
)
PARTNER: Final = select(SP_PARTNER.c.partner_nr, SP_PARTNER.c.created_at).where(SP_PARTNER.c.partner_nr == _KEY)
_AGREEMENT: Final = (_contract.property_nr, _contract.unit_nr, _contract.person_key)
CONTRACTS_OF_PERSON: Final = select(*_AGREEMENT, _contract.begin, _contract.end).where(_contract.person_key == _KEY)
CONTRACTS_OF_PARTNER: Final = (
    select(*_AGREEMENT, _contract.begin, _contract.end)
    .join(SP_PERSON, SP_PERSON.c.person_key == _contract.person_key)
    .where(SP_PERSON.c.partner_nr == _KEY)
)
ROLES_OF_PARTNER: Final = (
    select(
        *_AGREEMENT[:2],
        _role.begin,
        _role.end,
        _contract.begin.label("contract_begin"),
        _contract.end.label("contract_end"),
    )
    .join(SP_VERTRAG, _contract.contract_nr == _role.contract_nr)
    .where(_role.partner_nr == _KEY)
)
PROPERTY: Final = select(SP_OBJEKT.c.property_nr).where(SP_OBJEKT.c.property_nr == _KEY)
TEAM: Final = (
    select(SP_TEAM.c.team_nr, SP_TEAM.c.user_nr)
    .join(SP_OBJEKT, SP_OBJEKT.c.team_nr == SP_TEAM.c.team_nr)
    .where(SP_OBJEKT.c.property_nr == _KEY, SP_TEAM.c.team_type == _KIND)
)
TEAM_NAME: Final = select(SP_TEAM.c.team_nr, SP_TEAM.c.name).where(SP_TEAM.c.team_nr == _KEY)
LICENCES: Final = select(SP_LIZENZ.c.licence, SP_LIZENZ.c.active, SP_LIZENZ.c.valid_until)
INSERTS: Final = {table: insert(table) for table in (SP_MELDUNG, SP_NOTIZ, SP_ANHANG, SP_ABGLEICH, SP_EINGANG)}
"""In the order in which rows are written."""


def _update(table: Table, keys: Sequence[str], names: Sequence[str]) -> Update:
    which = [table.c[name] == bindparam(f"k_{name}") for name in keys]
    return update(table).where(*which).values({name: bindparam(name) for name in names})


PORTAL_COLUMNS: Final = _update(SP_MELDUNG, ["report_nr"], ["portal_changed_at", "portal_change", "hint"])
HINT: Final = _update(SP_MELDUNG, ["report_nr"], ["hint"])
INBOX_VERSION: Final = _update(
    SP_EINGANG, ["system", "record_type", "portal_id"], ["erp_id", "version", "received_at", "reason", "tried_at"]
)
GONE: Final = _update(SP_ABGLEICH, ["system", "record_type", "external_id"], ["state", "hash", "refused", "outcome"])
HELD_AFTER_ALL: Final = _update(
    SP_ABGLEICH,
    ["system", "record_type", "external_id"],
    ["group", "properties", "identity", "parents", "state", "hash", "acknowledged_at", "portal_id"],
)


def rows_of(connection: Connection, query: Select[Any], **keys: object) -> list[Row]:
    """Return the rows of a query by its keys: key, kind, system, …; none if key is longer than any there is."""
    if _is_too_long(keys.get("key")):
        return []
    given = {f"k_{name}": value for name, value in keys.items()}
    return named_rows(connection, query, given)


def row_of(connection: Connection, query: Select[Any], **keys: object) -> Row | None:
    """Return the first row of a query by its keys, None without one."""
    return next(iter(rows_of(connection, query, **keys)), None)


def by_ids(connection: Connection, query: Select[Any], ids: Iterable[str], **keys: object) -> dict[str, Row]:
    """Return first column → row of a query for any number of ids."""
    found = {}
    for wanted in id_lists(one for one in ids if not _is_too_long(one)):
        for row in rows_of(connection, query, ids=wanted, **keys):
            found[next(iter(row.values()))] = row
    return found


def _is_too_long(key: object) -> bool:
    """Whether no key is that long; databases refuse to look for some."""
    return isinstance(key, str) and len(key) > LONGEST_KEY
