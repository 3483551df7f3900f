"""Which documents the portal holds, and who sees them (R25–R30, R33, O12, O15, O16, O21, E23–E37)."""

from collections.abc import Mapping
from datetime import date
from hashlib import blake2b
from typing import Final

import pandas as pd
from pandas import DataFrame, Series

from include.columns.keys import occurs, positions, taken
from include.rules.docuware import with_attributes
from include.rules.first_hit import first_hit
from include.rules.frames import DECIDED, nothing
from include.rules.identity import People, contacts_of, people_of
from include.rules.outcomes import outcome, parents
from include.rules.tenancies import tenancies_of
from include.rules.texts import cut_all, is_cut
from include.rules.values import cleaned, days, is_released, keyed, utc, warnings
from include.settings import SystemSettings
from include.vocabulary import ids, limits
from include.vocabulary.decision import Decision
from include.vocabulary.state import MAYBE_HELD, State

PERSON: Final = "P"
CREDITOR: Final = "K"
NOT_RESOLVABLE: Final = (
    "NO_DOCUMENT_DATE", "BAD_DMS_FIELDS", "NO_PROPERTY", "NO_RECIPIENT_TYPE", "UNKNOWN_RECIPIENT_TYPE",
    "NO_RECIPIENT_ID", "UNKNOWN_RECIPIENT", "UNIT_NOT_ALLOWED", "PROPERTY_NOT_ALLOWED",
)  # fmt: skip
"""What is wrong with a document that nobody can say the audience of: named in the protocol, and taken out of the portal
if it is there, as it may be with somebody it is not meant for. So is one whose audience has changed (E31)."""
_TEXTS: Final = (
    "document_type", "subject", "file_name", "recipient_type", "property_nr", "unit_nr", "recipient_id", "contract_nr",
    "storage", "path",
)  # fmt: skip
_BYTES_PER_MB: Final = 1 << 20


def decide(
    views: Mapping[str, DataFrame], known: DataFrame, settings: SystemSettings, today: date
) -> dict[str, DataFrame]:
    """Decide on every document, sent or not.

    views:    documents; persons, partners, contract_roles, owners, caretakers to know who a recipient is; contracts,
              licences to know whether what it is about still lasts
    known:    frames.LEDGER, of documents, contacts, contracts
    settings: document_types, document_types_without_time_filter, unit_document_types, property_document_types,
              document_audiences, docuware_filter, convert_to_pdf, limits.max_file_mb, both property ranges,
              portal_access_lead_days, portal_access_trail_days, person_types
    today:    the local calendar day (Europe/Berlin), one per run (E23)
    returns:  "document": frames.DECIDED, with the payload fields
    """
    written = views["documents"]
    if written.empty:
        return {"document": nothing(DECIDED)}
    documents = cleaned(keyed(written, ["document_id"]), _TEXTS)
    documents = with_attributes(documents, settings)
    documents = documents.assign(property_nr=_property_numbers(documents["property_nr"], views))
    documents = documents.assign(date=days(documents["document_date"]), has_pdf=documents["has_pdf"].eq(True))
    people = people_of(views)
    recipients = _recipients(documents, people, known)
    letters = documents.assign(contact=recipients["contact"])
    tenancy = tenancies_of(letters, people, views, settings, today).where(documents["recipient_type"] == PERSON)
    tenancy = tenancy.mask(_has_ended(documents, known), Decision.REMOVE.value)
    decided = _decide(documents, recipients, tenancy, settings, today)
    return {"document": _outcome(documents, recipients, decided, _of_type(known, "document"), settings)}


def _property_numbers(written: Series, views: Mapping[str, DataFrame]) -> Series:
    """Return the numbers of properties, without the leading zeros of a DMS where only so there is one (E32)."""
    names = ("persons", "contracts", "owners", "caretakers")
    there = pd.concat([views[name]["property_nr"].astype("str") for name in names]).str.strip()
    bare = written.str.lstrip("0")
    return written.mask(~occurs(written, there) & occurs(bare, there), bare)


def cut_off(today: date) -> pd.Timestamp:
    """Return the first document date that the time filter lets through: 1 January of last year (R26, O12)."""
    return pd.Timestamp(today.year - 1, 1, 1)


def _recipients(documents: DataFrame, people: People, known: DataFrame) -> DataFrame:
    """Return each document's recipient (frames.RECIPIENTS). A header id is a person's key or, of persons and creditors
    alike, a partner's number.
    """
    wanted = documents["recipient_id"]
    persons = wanted.where(documents["recipient_type"] == PERSON)
    return contacts_of(people, _of_type(known, "contact"), persons, wanted)


def _has_ended(documents: DataFrame, known: DataFrame) -> "Series[bool]":
    """Return which documents name a contract that the portal does not hold."""
    contracts = _of_type(known, "contract")
    held = contracts.loc[contracts["state"].isin(MAYBE_HELD), "external_id"]
    return documents["contract_nr"].notna() & ~documents["contract_nr"].isin(held)


def _decide(
    documents: DataFrame,
    recipients: DataFrame,
    tenancy: Series,
    settings: SystemSettings,
    today: date,
) -> DataFrame:
    kind, recipient_type = documents["document_type"], documents["recipient_type"]
    is_timeless = kind.isin(settings.document_types_without_time_filter)
    is_filtered = kind.isin(settings.document_types) & ~is_timeless
    is_personal = recipient_type.notna() | documents["recipient_id"].notna()
    # what lies in the DMS has no place of its own in iX-Haus: without a filter row it must say whom it is for (R30)
    needs_recipient = is_personal | ((documents["storage"] == "DOCUWARE") & ~documents["has_row"])
    is_user = recipients["state"] == State.PRESENT
    is_creditor = recipient_type == CREDITOR
    of_unit = ~is_personal & documents["unit_nr"].notna()
    of_property = ~is_personal & documents["unit_nr"].isna()
    size = documents["size"].mask(documents["has_pdf"])  # it is the original's; what is sent is measured when it is
    return first_hit(
        documents,
        (~(is_timeless | is_filtered), Decision.REMOVE, "DOCUMENT_TYPE_NOT_RELEASED"),
        (is_filtered & documents["date"].isna(), Decision.INVALID, "NO_DOCUMENT_DATE"),
        (is_filtered & (documents["date"] < cut_off(today)), Decision.REMOVE, "DOCUMENT_TOO_OLD"),
        (documents["has_bad_fields"], Decision.INVALID, "BAD_DMS_FIELDS"),
        (documents["property_nr"].isna(), Decision.INVALID, "NO_PROPERTY"),
        (~is_released(documents["property_nr"], settings), Decision.REMOVE, "PROPERTY_NOT_RELEASED"),
        (needs_recipient & recipient_type.isna(), Decision.INVALID, "NO_RECIPIENT_TYPE"),
        (is_personal & ~recipient_type.isin([PERSON, CREDITOR]), Decision.INVALID, "UNKNOWN_RECIPIENT_TYPE"),
        (is_personal & documents["recipient_id"].isna(), Decision.INVALID, "NO_RECIPIENT_ID"),
        (is_creditor & ~is_user, Decision.REMOVE, "CREDITOR_NOT_IN_PORTAL"),
        (is_personal & recipients["external_id"].isna(), Decision.INVALID, "UNKNOWN_RECIPIENT"),
        (is_personal & ~is_user, Decision.REMOVE, "RECIPIENT_NO_PORTAL_USER"),
        (is_personal & (tenancy == Decision.REMOVE), Decision.REMOVE, "CONTRACT_NOT_IN_PORTAL"),
        (is_personal & (tenancy == Decision.INVALID), Decision.INVALID, "CONTRACT_NOT_IN_PORTAL"),
        (of_unit & ~kind.isin(settings.unit_document_types), Decision.INVALID, "UNIT_NOT_ALLOWED"),
        (of_property & ~kind.isin(settings.property_document_types), Decision.INVALID, "PROPERTY_NOT_ALLOWED"),
        ((size == 0).fillna(False), Decision.INVALID, "FILE_EMPTY"),
        ((size > settings.limits.max_file_mb * _BYTES_PER_MB).fillna(False), Decision.INVALID, "FILE_TOO_LARGE"),
        otherwise=(Decision.SEND, "DOCUMENT_RELEASED"),
    )


def _outcome(
    documents: DataFrame, recipients: DataFrame, decided: DataFrame, ledger: DataFrame, settings: SystemSettings
) -> DataFrame:
    is_personal = documents["recipient_type"].notna()
    property_id = documents["property_nr"].mask(is_personal | documents["unit_nr"].notna())
    unit_id = ids.unit(documents["property_nr"], documents["unit_nr"]).mask(is_personal)
    contact_id = recipients["external_id"].where(is_personal)
    places = parents("property", property_id) + parents("unit", unit_id) + parents("contact", contact_id)
    is_wrongly_there = _is_wrongly_there(documents["document_id"], decided, places, ledger)
    content = _content(documents, property_id, unit_id, contact_id, settings)
    is_long = is_cut(content["title"]) | (content["fileName"].str.len() > limits.FILE_NAME)
    records = decided.assign(
        external_id=documents["document_id"],
        decision=decided["decision"].mask(is_wrongly_there, Decision.REMOVE.value),
        warnings=warnings(documents.index, {"TEXT_CUT": is_long & (decided["decision"] == Decision.SEND)}),
        properties=documents["property_nr"].fillna(""),
        parents=places,
        identity=_audience(places),
        changed_at=utc(documents["changed_at"]),
        source=ids.source("SP_DOKUMENT", documents["document_id"]),
    )
    return outcome(records, content)


def _is_wrongly_there(document_ids: Series, decided: DataFrame, places: Series, ledger: DataFrame) -> "Series[bool]":
    """Return which documents cannot be sent and must not stay where the portal has them."""
    held = ledger[ledger["state"].isin(MAYBE_HELD)]
    before = taken(held.fillna({"identity": ""}), positions(document_ids, held["external_id"]))["identity"]
    has_moved = (before != _audience(places)) & (before != "")
    is_unknown = decided["reason"].isin(NOT_RESOLVABLE)
    return before.notna() & (decided["decision"] == Decision.INVALID) & (is_unknown | has_moved)


def _audience(places: Series) -> Series:
    """Return whom a document is for, as short as the ledger keeps it."""
    return places.map(lambda place: blake2b(place.encode(), digest_size=12).hexdigest() if place else "")


def audience_in_portal(listed: DataFrame) -> Series:
    """Return for whom documents are that the portal lists, as the ledger remembers it.

    listed: frames.LISTED
    """
    unit, contact = (listed[name].astype("str") for name in ("unit_id", "contact_id"))
    house = listed["property_id"].astype("str").mask(unit.notna() | contact.notna())
    return _audience(
        parents("property", house) + parents("unit", unit.mask(contact.notna())) + parents("contact", contact)
    )


def _content(
    documents: DataFrame, property_id: Series, unit_id: Series, contact_id: Series, settings: SystemSettings
) -> DataFrame:
    """Return the payload: what the portal is told, and where the content lies, which it is not told."""
    kind = documents["document_type"]
    audience = kind.map(settings.document_audiences).astype("str").fillna("ALL")
    rendition = Series("ORIGINAL", index=documents.index, dtype="str").mask(documents["has_pdf"], "PDF")
    return DataFrame(
        {
            "title": cut_all(documents["subject"].fillna(documents["file_name"]).fillna(kind), limits.LINE),
            "documentType": kind,
            "propertyId": property_id,
            "unitId": unit_id,
            "contactId": contact_id,
            "sharedWith": audience.mask(contact_id.notna()),
            "fileName": documents["file_name"].fillna(documents["subject"]).fillna(kind),
            "storage": documents["storage"].str.upper(),
            "path": documents["path"],
            "rendition": rendition,
            "version": documents["version"],
            "size": documents["size"],
            "convert": ~documents["has_pdf"] & settings.convert_to_pdf,
        }
    )


def _of_type(known: DataFrame, record_type: str) -> DataFrame:
    return known[known["record_type"] == record_type]
