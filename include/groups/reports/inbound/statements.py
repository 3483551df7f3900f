"""Every statement of the inbound direction: reads by key, plain inserts, updates by key.

A consultant may put INSTEAD OF triggers behind the written views, so nothing here expects more than that.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, Select, Table, Update, bindparam, insert, select, update

from include.ixhaus.contract.master import SP_OBJEKT, SP_PARTNER, SP_PERSON, SP_VERTRAG, SP_VERTRAGSROLLE
from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG, SP_POSITION, SP_PROTOKOLL_EINTRAG
from include.ixhaus.contract.reports import SP_ANHANG, SP_BENUTZER, SP_MELDUNG, SP_MELDUNGSART, SP_NOTIZ, SP_TEAM
from include.ixhaus.database import id_lists

Row = dict[str, Any]
_IDS: Final[BindParameter[Any]] = bindparam("k_ids", expanding=True)
_SYSTEM: Final[BindParameter[Any]] = bindparam("k_system")
_KIND: Final[BindParameter[Any]] = bindparam("k_kind")
_KEY: Final[BindParameter[Any]] = bindparam("k_key")
_inbox, _ledger, _position, _entry = SP_EINGANG.c, SP_ABGLEICH.c, SP_POSITION.c, SP_PROTOKOLL_EINTRAG.c
_report, _note, _file, _contract, _role = SP_MELDUNG.c, SP_NOTIZ.c, SP_ANHANG.c, SP_VERTRAG.c, SP_VERTRAGSROLLE.c

USER: Final = select(SP_BENUTZER.c.GESPERRT, SP_BENUTZER.c.DARF_MELDUNGEN).where(SP_BENUTZER.c.BENUTZER_NR == _KEY)
STAFF_NAME: Final = select(SP_BENUTZER.c.NAME).where(SP_BENUTZER.c.BENUTZER_NR == _KEY)
POSITION: Final = select(_position.WERT).where(_position.SYSTEM == _SYSTEM, _position.NAME == _KEY)
INBOX: Final = select(_inbox.PORTAL_ID, _inbox.IXHAUS_ID, _inbox.VERSION).where(
    _inbox.SYSTEM == _SYSTEM, _inbox.ART == _KIND, _inbox.PORTAL_ID.in_(_IDS)
)
LEDGER: Final = select(
    _ledger.SCHLUESSEL, _ledger.ZUSTAND, _ledger.BESTAETIGT_AM, _ledger.IDENTITAET, _ledger.PRUEFSUMME, _ledger.ERGEBNIS
).where(_ledger.SYSTEM == _SYSTEM, _ledger.ART == _KIND, _ledger.SCHLUESSEL.in_(_IDS))
ENTRIES: Final = select(_entry.ART, _entry.SCHLUESSEL, _entry.GRUND).where(
    _entry.SYSTEM == _SYSTEM, _entry.LAUF == _KEY
)
KIND: Final = select(
    SP_MELDUNGSART.c.FREIGEGEBEN, SP_MELDUNGSART.c.PORTAL_SPERRE, SP_MELDUNGSART.c.HAUSMITTEILUNG,
    SP_MELDUNGSART.c.OBJEKTMELDUNG,
).where(SP_MELDUNGSART.c.MELDUNGSART == _KEY)  # fmt: skip
REPORTS: Final = select(_report.MELDUNG_NR, _report.STATUS, _report.HINWEIS, _report.GEAENDERT_AM).where(
    _report.MELDUNG_NR.in_(_IDS)
)
NOTES: Final = select(
    _note.NOTIZ_ID,
    _note.TEXT,
    _note.OEFFENTLICH,
    _note.VERFASSER,
    _note.ANGELEGT_VON,
    _note.ANGELEGT_AM,
    _note.HERKUNFT,
).where(_note.MELDUNG_NR == _KEY)
IMPORTED_NOTES: Final = (
    select(_inbox.PORTAL_ID, _inbox.IXHAUS_ID, _inbox.VERSION, _note.ANGELEGT_AM)
    .join(SP_NOTIZ, _note.NOTIZ_ID == _inbox.IXHAUS_ID)
    .where(
        _inbox.SYSTEM == _SYSTEM, _inbox.ART == _KIND, _note.MELDUNG_NR == _KEY, _note.HERKUNFT == bindparam("k_origin")
    )
)
FILES: Final = select(_file.ANHANG_ID, _file.GROESSE, _file.HERKUNFT).where(_file.MELDUNG_NR == _KEY)
CONTENT: Final = select(_file.INHALT).where(_file.ANHANG_ID == _KEY)
PERSON: Final = select(SP_PERSON.c.PERSON_SCHLUESSEL, SP_PERSON.c.PARTNER_NR, SP_PERSON.c.ANGELEGT_AM).where(
    SP_PERSON.c.PERSON_SCHLUESSEL == _KEY
)
PARTNER: Final = select(SP_PARTNER.c.PARTNER_NR, SP_PARTNER.c.ANGELEGT_AM).where(SP_PARTNER.c.PARTNER_NR == _KEY)
_AGREEMENT: Final = (_contract.OBJEKT_NR, _contract.FLAECHE_NR, _contract.PERSON_SCHLUESSEL)
CONTRACTS_OF_PERSON: Final = select(*_AGREEMENT, _contract.BEGINN, _contract.ENDE).where(
    _contract.PERSON_SCHLUESSEL == _KEY
)
CONTRACTS_OF_PARTNER: Final = (
    select(*_AGREEMENT, _contract.BEGINN, _contract.ENDE)
    .join(SP_PERSON, SP_PERSON.c.PERSON_SCHLUESSEL == _contract.PERSON_SCHLUESSEL)
    .where(SP_PERSON.c.PARTNER_NR == _KEY)
)
ROLES_OF_PARTNER: Final = (
    select(
        *_AGREEMENT[:2], _role.BEGINN, _role.ENDE, _contract.BEGINN.label("V_BEGINN"), _contract.ENDE.label("V_ENDE")
    )
    .join(SP_VERTRAG, _contract.VERTRAG_NR == _role.VERTRAG_NR)
    .where(_role.PARTNER_NR == _KEY)
)
PROPERTY: Final = select(SP_OBJEKT.c.OBJEKT_NR).where(SP_OBJEKT.c.OBJEKT_NR == _KEY)
TEAM: Final = (
    select(SP_TEAM.c.TEAM_NR, SP_TEAM.c.BENUTZER_NR)
    .join(SP_OBJEKT, SP_OBJEKT.c.TEAM_NR == SP_TEAM.c.TEAM_NR)
    .where(SP_OBJEKT.c.OBJEKT_NR == _KEY, SP_TEAM.c.TEAMTYP == _KIND)
)
INSERTS: Final = {
    table: insert(table) for table in (SP_MELDUNG, SP_NOTIZ, SP_ANHANG, SP_ABGLEICH, SP_EINGANG, SP_POSITION)
}
"""In the order in which rows are written."""


def _update(table: Table, keys: Sequence[str], names: Sequence[str]) -> Update:
    which = [table.c[name] == bindparam(f"k_{name}") for name in keys]
    return update(table).where(*which).values({name: bindparam(name) for name in names})


PORTAL_COLUMNS: Final = _update(SP_MELDUNG, ["MELDUNG_NR"], ["PORTAL_GEAENDERT_AM", "PORTAL_AENDERUNG", "HINWEIS"])
INBOX_VERSION: Final = _update(SP_EINGANG, ["SYSTEM", "ART", "PORTAL_ID"], ["IXHAUS_ID", "VERSION", "EMPFANGEN_AM"])
GONE: Final = _update(SP_ABGLEICH, ["SYSTEM", "ART", "SCHLUESSEL"], ["ZUSTAND", "PRUEFSUMME", "ABGELEHNT", "ERGEBNIS"])
MOVE: Final = _update(SP_POSITION, ["SYSTEM", "NAME"], ["WERT", "STAND"])


def rows_of(connection: Connection, query: Select[Any], **keys: object) -> list[Row]:
    """Return the rows of a query by its keys: key, kind, system, …"""
    given = {f"k_{name}": value for name, value in keys.items()}
    return [dict(row) for row in connection.execute(query, given).mappings()]


def row_of(connection: Connection, query: Select[Any], **keys: object) -> Row | None:
    """Return the first row of a query by its keys, None without one."""
    return next(iter(rows_of(connection, query, **keys)), None)


def by_ids(connection: Connection, query: Select[Any], ids: Iterable[str], **keys: object) -> dict[str, Row]:
    """Return first column → row of a query for any number of ids."""
    found = {}
    for wanted in id_lists(ids):
        for row in rows_of(connection, query, ids=wanted, **keys):
            found[next(iter(row.values()))] = row
    return found
