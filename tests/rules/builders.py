"""Small worlds of iX-Haus records for the tests of the rules: a person holds contracts, a contract has roles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame

from include.rules import documents, objects, owners_caretakers, persons, reports
from include.rules.reports.classification import classified, shown
from include.rules.reports.sources import gather
from include.settings import SystemSettings

Row = dict[str, Any]
CONTACT = (
    "salutation title first_name last_name company street postal_code city country telephone mobile fax email website "
    "delivery_route anonymised_at created_at changed_at"
)
COLUMNS = {
    "properties": "property_nr name street postal_code city country portal_note metering_nr metering_provider "
    "metering_provider_id team_nr changed_at",
    "entrances": "property_nr entrance_nr street changed_at",
    "units": "property_nr unit_nr name entrance_nr usage metering_nr portal_note changed_at",
    "persons": "person_key property_nr person_type partner_nr " + CONTACT,
    "partners": "partner_nr company_role is_minor " + CONTACT,
    "contracts": "contract_nr property_nr unit_nr person_key kind begin end changed_at",
    "contract_roles": "contract_nr partner_nr role begin end changed_at",
    "owners": "property_nr partner_nr begin end changed_at",
    "caretakers": "property_nr partner_nr is_visible begin end changed_at",
    "licences": "licence active valid_until",
    "documents": "document_id document_type subject file_name document_date recipient_type property_nr unit_nr "
    "recipient_id contract_nr storage path size version has_pdf dms_fields changed_at",
    "reports": "report_nr subject text report_kind status reported_at reporter_person reporter_partner property_nr "
    "unit_nr team_nr responsible_user created_by changed_by origin hint portal_status portal_reason portal_changed_at "
    "portal_change changed_at",
    "notes": "note_id report_nr text is_public author created_by created_at origin changed_at",
    "report_files": "file_id report_nr note_id file_name media_type size is_public origin changed_at",
    "report_kinds": "report_kind name category description is_released is_locked is_bulletin is_property_wide "
    "notifies_unregistered notes_commissioning note_template changed_at",
    "commissionings": "order_nr report_nr ordered_at company telephone appointment_at status changed_at",
    "teams": "team_nr name second_name team_type user_nr",
    "users": "user_nr name is_blocked may_report",
    "inbox": "record_type portal_id erp_id",
}
DAYS = ("begin", "end", "valid_until", "document_date")
NUMBERS = ("size", "version")
MOMENTS = (
    "changed_at", "created_at", "anonymised_at", "reported_at", "portal_changed_at", "ordered_at", "appointment_at",
)  # fmt: skip
FLAGS = (
    "is_minor", "is_visible", "active", "has_pdf", "is_public", "is_released", "is_locked", "is_bulletin",
    "is_property_wide", "notifies_unregistered", "notes_commissioning", "is_blocked", "may_report",
)  # fmt: skip
TODAY = "2026-06-15"
SETTINGS: Row = {"properties": "100-199", "person_types": ["Mieter", "Eigentümer"]}


@dataclass
class Records:
    """Rows of the views."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def plus(self, *others: Records) -> Records:
        """Return these rows and the others', each once."""
        merged = {name: list(rows) for name, rows in self.rows.items()}
        for other in others:
            for name, rows in other.rows.items():
                known = merged.setdefault(name, [])
                known.extend(row for row in rows if row not in known)
        return Records(merged)


def prop(nr: str = "100", **fields: Any) -> Records:
    return Records({"properties": [{"property_nr": nr, "name": f"Haus {nr}", "street": "Musterstr. 1", **fields}]})


def entrance(nr: str, street: str | None, property_nr: str = "100") -> Records:
    return Records({"entrances": [{"property_nr": property_nr, "entrance_nr": nr, "street": street}]})


def unit(nr: str = "1", property_nr: str = "100", **fields: Any) -> Records:
    return Records({"units": [{"property_nr": property_nr, "unit_nr": nr, "name": f"Wohnung {nr}", **fields}]})


def partner(nr: str = "P1", **fields: Any) -> Records:
    return Records({"partners": [{"partner_nr": nr, "is_minor": False, "last_name": "Muster", **fields}]})


def role(who: Records | str = "P2", kind: str = "MITBEWOHNER", **fields: Any) -> Records:
    """Return a role in the contract it is given to; `who` is a partner, or the number of one that does not exist."""
    number = who if isinstance(who, str) else who.rows["partners"][0]["partner_nr"]
    roles = Records({"contract_roles": [{"partner_nr": number, "role": kind, **fields}]})
    return roles if isinstance(who, str) else roles.plus(who)


def contract(
    *roles: Records, nr: str = "V1", property_nr: str = "100", unit_nr: str = "1", has_unit: bool = True, **fields: Any
) -> Records:
    """Return a contract, the unit it is about and its roles."""
    row = {"contract_nr": nr, "property_nr": property_nr, "unit_nr": unit_nr, "kind": "MIETE", "begin": "2020-01-01"}
    records = Records({"contracts": [{**row, **fields}]}).plus(*roles)
    for each in records.rows.get("contract_roles", []):
        each.setdefault("contract_nr", nr)
    return records.plus(unit(unit_nr, property_nr)) if has_unit else records


def person(*contracts: Records, key: str = "100.1.1", partner: Records | str | None = None, **fields: Any) -> Records:
    """Return a person and the contracts it holds; `partner` is a partner, or the number of one that does not exist."""
    number = partner.rows["partners"][0]["partner_nr"] if isinstance(partner, Records) else partner
    row = {"person_key": key, "property_nr": "100", "person_type": "Mieter", "last_name": "Muster"}
    records = Records({"persons": [{**row, "partner_nr": number, **fields}]}).plus(*contracts)
    for each in records.rows.get("contracts", []):
        each.setdefault("person_key", key)
    return records.plus(partner) if isinstance(partner, Records) else records


def owner(
    who: Records | str = "P1", property_nr: str = "100", begin: str | None = "2020-01-01", **fields: Any
) -> Records:
    """Return who owns a property; `who` is a partner, or the number of one that does not exist."""
    return _office("owners", who, property_nr=property_nr, begin=begin, **fields)


def caretaker(who: Records | str = "P1", property_nr: str = "100", is_visible: bool = True, **fields: Any) -> Records:
    """Return who looks after a property; `who` is a partner, or the number of one that does not exist."""
    given = {"begin": "2020-01-01", **fields}
    return _office("caretakers", who, property_nr=property_nr, is_visible=is_visible, **given)


def _office(view: str, who: Records | str, **fields: Any) -> Records:
    number = who if isinstance(who, str) else who.rows["partners"][0]["partner_nr"]
    office = Records({view: [{"partner_nr": number, **fields}]})
    return office if isinstance(who, str) else office.plus(who)


def document(nr: str = "D1", **fields: Any) -> Records:
    """Return a released document: by default a letter to the person 100.1.1, kept in the database."""
    row = {
        "document_id": nr, "document_type": "Anschreiben", "subject": "Ihr Schreiben", "file_name": "brief.pdf",
        "document_date": "2026-03-01", "recipient_type": "P", "property_nr": "100", "recipient_id": "100.1.1",
        "storage": "DATENBANK", "size": 1000, "version": 1, "has_pdf": False,
    }  # fmt: skip
    return Records({"documents": [{**row, **fields}]})


def report(*parts: Records, nr: str = "M1", **fields: Any) -> Records:
    """Return an open report of the person 100.1.1, with its notes, orders and files."""
    row = {
        "report_nr": nr, "subject": "Heizung kalt", "text": "Seit gestern ohne Funktion.", "report_kind": "REPARATUR",
        "status": "Neu", "reported_at": "2026-06-01 08:00", "reporter_person": "100.1.1", "property_nr": "100",
        "unit_nr": "1", "origin": "ERP",
    }  # fmt: skip
    records = Records({"reports": [{**row, **fields}]}).plus(*parts)
    for view in ("notes", "commissionings", "report_files"):
        for each in records.rows.get(view, []):
            each.setdefault("report_nr", nr)
    return records


def note(nr: str = "N1", *, files: Iterable[Records] = (), **fields: Any) -> Records:
    """Return a public note and the files attached to it; report() says whose it is."""
    row = {"note_id": nr, "text": "Der Techniker kommt.", "is_public": True, "origin": "ERP"}
    records = Records({"notes": [{**row, "created_at": "2026-06-02 09:00", **fields}]}).plus(*files)
    for each in records.rows.get("report_files", []):
        each["note_id"] = nr
    return records


def file(nr: str = "F1", **fields: Any) -> Records:
    """Return a public file; report() or note() says whose it is."""
    row = {"file_id": nr, "file_name": "foto.jpg", "media_type": "image/jpeg", "size": 1000, "is_public": True}
    return Records({"report_files": [{**row, "origin": "ERP", "changed_at": "2026-06-02 09:00", **fields}]})


def order(nr: str = "A1", **fields: Any) -> Records:
    """Return the commissioning of a contractor; report() says from which report."""
    row = {"order_nr": nr, "company": "Rohr GmbH", "ordered_at": "2026-06-03 10:00", "status": "Beauftragt"}
    return Records({"commissionings": [{**row, **fields}]})


def kind(nr: str = "REPARATUR", **fields: Any) -> Records:
    """Return a released report kind."""
    return Records({"report_kinds": [{"report_kind": nr, "name": nr.title(), "is_released": True, **fields}]})


def came_in(record_type: str, portal_id: str, erp_id: str) -> Records:
    """Return the inbox's word that a record of the ERP came from the portal."""
    return Records({"inbox": [{"record_type": record_type, "portal_id": portal_id, "erp_id": erp_id}]})


def licence(*names: str, active: bool = True, valid_until: str | None = None) -> Records:
    return Records({"licences": [{"licence": name, "active": active, "valid_until": valid_until} for name in names]})


def held(
    external_id: str,
    state: str = "present",
    identity: str = "",
    record_type: str = "contact",
    group: str = "persons",
    **fields: Any,
) -> Row:
    """Return what the ledger knows of one record."""
    return {
        "record_type": record_type, "external_id": external_id, "state": state, "identity": identity,
        "properties": "100", "reason": "ACTIVE", "group": group, "acknowledged_at": None, **fields,
    }  # fmt: skip


def views_of(*records: Records) -> dict[str, DataFrame]:
    """Return the frames as the reader hands them over."""
    rows = Records().plus(*records).rows
    return {name: _frame(rows.get(name, []), columns.split()) for name, columns in COLUMNS.items()}


def _frame(rows: list[Row], columns: list[str]) -> DataFrame:
    unknown = {name for row in rows for name in row} - set(columns)
    assert not unknown, f"no such columns: {unknown}"
    return DataFrame({name: _column([row.get(name) for row in rows], name) for name in columns})


def _column(values: list[Any], name: str) -> Any:
    if name in DAYS or name in MOMENTS:
        return pd.array([pd.Timestamp(value) if value else pd.NaT for value in values], dtype="datetime64[us]")
    if name in NUMBERS:
        return pd.array(values, dtype="Int64")
    if name in FLAGS:
        return values or np.array([], dtype=bool)
    return pd.array(values, dtype="str")


@dataclass
class Outcome:
    """What the rules decided."""

    frames: Mapping[str, DataFrame]

    def ids(self, record_type: str = "contact", *decisions: str) -> list[str]:
        frame = self.frames[record_type]
        return sorted(frame["external_id"][frame["decision"].isin(decisions)] if decisions else frame["external_id"])

    def row(self, record_type: str, external_id: str) -> Row:
        frame = self.frames[record_type].set_index("external_id", drop=False)
        return {str(name): _plain(value) for name, value in frame.loc[external_id].items()}

    def contact(self, external_id: str = "100.1.1") -> Row:
        return self.row("contact", external_id)

    def contract(self, external_id: str = "V1") -> Row:
        return self.row("contract", external_id)


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, list) or pd.notna(value) else None


def decide(
    *records: Records,
    today: str = TODAY,
    known: Iterable[Row] = (),
    rules: Callable[..., dict[str, DataFrame]] = persons.decide,
    **settings: Any,
) -> Outcome:
    """Decide on these records with the public function, on a day and with settings."""
    columns = ["record_type", "external_id", "state", "identity", "properties", "reason", "group", "acknowledged_at"]
    ledger = DataFrame(list(known), columns=columns)
    system = SystemSettings(system="production", **{**SETTINGS, **settings})
    frames = rules(views_of(*records), ledger.astype("str"), system, date.fromisoformat(today))
    return Outcome({name: frame for name, frame in frames.items() if name != "classified"})


def decide_objects(*records: Records, **settings: Any) -> Outcome:
    """Decide on properties and units."""
    return decide(*records, rules=objects.decide, **settings)


def decide_documents(*records: Records, known: Iterable[Row] | None = None, **circumstances: Any) -> Outcome:
    """Decide on documents; the person 100.1.1 is a portal user unless `known` says otherwise, and letters without a
    recipient may hang at the property.
    """
    ledger = [held("100.1.1"), held("V1", record_type="contract")] if known is None else known
    tenant = person(contract())
    given: dict[str, Any] = {
        "document_types": ["Anschreiben", "Abrechnung"], "document_types_without_time_filter": ["Hausordnung"],
        "property_document_types": ["Anschreiben"],
    }  # fmt: skip
    world = [tenant.plus(*records), prop("100"), unit("1")]
    return decide(*world, rules=documents.decide, known=ledger, **{**given, **circumstances})


TENANTS = (held("100.1.1"), held("100.2.1"))
"""Two portal users as the ledger knows them."""
KINDS = (
    kind("REPARATUR"),
    kind("OBJEKT", is_property_wide=True),
    kind("AUSHANG", is_bulletin=True),
    kind("GESPERRT", is_locked=True),
    kind("ALT", is_released=False),
)


def report_world(*records: Records) -> list[Records]:
    """Return the records with two tenants, Kim (100.1.1) and Jo (100.2.1), a kind of each sort, and the licence to
    choose by team, unless the records say otherwise.
    """
    world = Records().plus(*records)
    licences = [] if "licences" in world.rows else [licence("Komfortpaket")]
    given = {row["report_kind"] for row in world.rows.get("report_kinds", [])}
    kinds = [each for each in KINDS if each.rows["report_kinds"][0]["report_kind"] not in given]
    tenants = person(contract()), person(contract(nr="V2", unit_nr="2"), key="100.2.1", last_name="Jo")
    return [world, *tenants, *kinds, *licences, prop("100")]


def decide_reports(*records: Records, known: Iterable[Row] = (), **circumstances: Any) -> Outcome:
    """Decide on reports; both tenants are portal users, `known` is what else the ledger knows, and bulletins have an
    author.
    """
    given = {"post_author": "S1", **circumstances}
    return decide(*report_world(*records), rules=reports.decide, known=[*TENANTS, *known], **given)


def decide_owners(*records: Records, **circumstances: Any) -> Outcome:
    """Decide on owners and caretakers; both licences are active unless the records say otherwise."""
    has_licence = any("licences" in each.rows for each in records)
    given = () if has_licence else (licence("Objekteigentümer", "Hausmeister"),)
    return decide(*records, *given, rules=owners_caretakers.decide, **circumstances)


def reason_for(tenant: Records, **circumstances: Any) -> str:
    """Return why the one contact among the records is or is not in the portal."""
    (reason,) = decide(tenant, **circumstances).frames["contact"]["reason"]
    return str(reason)


def classified_of(views: Mapping[str, DataFrame], known: DataFrame, settings: SystemSettings, today: date) -> DataFrame:
    """Return what the rules say of every report, as staff see it."""
    sources = gather(views, known, settings, today)
    return shown(sources, classified(sources, settings, today))
