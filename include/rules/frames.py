"""The frames that rules hand to one another: what one row is, and column → dtype; there may be more columns.

Source frames are stated by the contract (include/ixhaus/contract), payload fields by the portal's models
(include/casavi/payloads). Docstrings name the frames below: "stand: frames.STAND". What they name is checked wherever
such a function is called in tests/rules/test_frames.py.
"""

from collections.abc import Mapping
from typing import Final

from pandas import DataFrame, Series

from include.vocabulary.decision import CONTROL_COLUMNS

Frame = Mapping[str, str]

TEXT: Final = "str"
FLAG: Final = "bool"
ROW: Final = "int64"
"""A row's number in another frame; -1 for none where that may be."""
MOMENT: Final = "datetime64[us]"
"""A moment, UTC without zone unless a comment says otherwise, or a day at midnight; NaT if unknown."""


def nothing(frame: Frame) -> DataFrame:
    """Return a frame without rows: where there is nothing to decide about, that need not be worked out."""
    return DataFrame({name: Series(dtype=dtype) for name, dtype in frame.items()})


def _all(dtype: str, columns: str) -> dict[str, str]:
    return dict.fromkeys(columns.split(), dtype)


# ledger and inbox

LEDGER: Final[Frame] = _all(
    TEXT,
    "record_type external_id state identity properties reason group acknowledged_at",  # ISO text, UTC
)
"""One record that the portal may know; rules see no more of it."""
STATES: Final[Frame] = _all(TEXT, "record_type external_id state")
"""One record of the ledger as of now."""
RECIPIENTS: Final[Frame] = {**_all(TEXT, "external_id state"), "contact": ROW}
"""The contact that a row of another frame names: missing if there is none (contact -1); state "" if the ledger does not
know it."""
INBOX: Final[Frame] = _all(TEXT, "record_type portal_id erp_id")
"""One event of the portal (ticket, comment, attachment) and the record of the ERP it became."""
LISTED: Final[Frame] = _all(TEXT, "property_id unit_id contact_id")
"""One record that the portal lists: for whom it is there."""
CAME_IN: Final[Frame] = _all(TEXT, "portal_id erp_id")
"""One record of the ERP of a type that came from the portal."""

# what is decided

STAND: Final[Frame] = _all(TEXT, "decision reason")
"""A decision and its reason code, per row of another frame."""
DECIDED: Final[Frame] = {name: MOMENT if name == "changed_at" else TEXT for name in CONTROL_COLUMNS}
"""One record of the portal, sent or not; see vocabulary/decision.py. What a group hands over has its payload fields."""

# contacts

CONTACT_TEXTS: Final = (
    "salutation", "title", "first_name", "last_name", "company", "street", "postal_code", "city", "country",
    "telephone", "mobile", "fax", "email", "website", "delivery_route",
)  # fmt: skip
CONTACTS: Final[Frame] = {
    **_all(TEXT, "number partner_nr"),  # partner_nr missing: not in partner management
    **dict.fromkeys(CONTACT_TEXTS, TEXT),
    **_all(TEXT, "company_role source"),
    **_all(FLAG, "is_minor has_record is_resident"),  # is_resident: has a person or a role in a contract
    "is_doubled": FLAG,  # the ERP has several rows of what it is made from, and nobody can tell which one is right
    **_all(MOMENT, "anonymised_at created_at changed_at"),  # the first two are local
}
"""One contact-to-be."""
PERSONS: Final[Frame] = {**_all(TEXT, "person_key property_nr person_type partner_nr number"), "contact": ROW}
"""One person, with its contact, and its key as a contact's number."""
ROLES: Final[Frame] = {**_all(TEXT, "contract_nr partner_nr role"), "contact": ROW}
"""One role in a contract, with its contact."""
OFFICES: Final[Frame] = {**_all(TEXT, "property_nr partner_nr"), "contact": ROW, **_all(MOMENT, "begin end changed_at")}
"""Who owns or looks after a property, with his contact; times as the view has them."""
PEOPLE: Final = {
    "contacts": CONTACTS, "persons": PERSONS, "roles": ROLES, "owners": OFFICES,
    "caretakers": {**OFFICES, "is_visible": FLAG},
}  # fmt: skip
"""Of identity.People; contact is a row number in its contacts."""
IDENTIFIED: Final[Frame] = _all(TEXT, "external_id identity state")
"""The id of each contact, in their order; state "" if the ledger does not know it."""
GIVEN_UP: Final[Frame] = {**_all(TEXT, "external_id identity"), "contact": ROW}
"""One id that is given up because its partner is in the portal under another."""
EMAILS: Final[Frame] = {"address": TEXT, **_all(FLAG, "is_invalid is_partly")}
"""What can be used of an e-mail field: is_invalid: there is no valid address in it; is_partly: there is more in it."""
ADDRESSED: Final[Frame] = {**_all(TEXT, "external_id email"), "is_main": FLAG}
"""One contact that would be sent with an e-mail address (missing: none)."""
SHARED: Final[Frame] = {"email": TEXT, "is_shared": FLAG}
"""The address each contact keeps, and whether others have it too."""
ABOUT: Final[Frame] = {
    **_all(TEXT, "email telephone mobile"),
    **_all(FLAG, "has_record is_resident"),
    "changed_at": MOMENT,
}
"""Of CONTACTS what is asked for once they are decided about: most of a frame is texts."""
HOLDERS: Final[Frame] = {**_all(TEXT, "external_id decision"), "has_record": FLAG}
"""What contracts want to know of each decided contact."""

# contracts and offices

AGREEMENTS: Final[Frame] = {
    "external_id": TEXT,
    "contract_nr": TEXT,
    "contact": ROW,  # in people.contacts
    "main_contact": ROW,
    "person_key": TEXT,  # of a contract's person; missing for a role
    "is_main": FLAG,  # neither co-resident nor further contract partner
    "property_nr": TEXT,
    "unit_id": TEXT,
    "type": TEXT,  # RENTER, OWNER
    "begin": MOMENT,
    "end": MOMENT,  # NaT: open; of a role the earlier end, its own or its contract's, and the later beginning
    "is_reversed": FLAG,  # its own end, or its contract's, lies before the beginning
    "person_type": TEXT,  # of the main person
    "has_person": FLAG,
    "main_has_partner": FLAG,
    "has_contract": FLAG,
    "is_doubled": FLAG,  # the ERP has several rows of the contract
    "changed_at": MOMENT,
    "source": TEXT,
}
"""One contract or role in a contract: both give a contact access to a unit."""
OWNERSHIPS: Final[Frame] = {**OFFICES, **STAND}
"""One ownership of a whole property, and how it stands."""
CARETAKINGS: Final[Frame] = {**OWNERSHIPS, "is_visible": FLAG}
"""One caretaker of a property, and how he stands."""
TIES: Final[Frame] = {"contact": ROW, **_all(TEXT, "property_nr reason"), "is_main": FLAG}
"""How one contract, role, ownership or caretaker's office of a contact stands."""
PLACES: Final[Frame] = {"properties": TEXT, "is_main": FLAG}
"""Of each contact, the properties it belongs to (numbers, sorted: the released ones it is tied to, or all if none is
released), and whether it holds an open contract or property of its own."""
EVERYBODY: Final = {
    "about": ABOUT, "agreements": AGREEMENTS, "stand": STAND, "ownerships": OWNERSHIPS, "caretakings": CARETAKINGS,
    "contacts": DECIDED, "merged": DECIDED,
}  # fmt: skip
"""Of people.Everybody."""

# documents

DOCUMENTS: Final[Frame] = _all(TEXT, "recipient_type property_nr recipient_id dms_fields")
"""One document with clean texts; dms_fields is a JSON object, or missing."""
DESCRIBED: Final[Frame] = {**DOCUMENTS, **_all(FLAG, "has_row has_bad_fields")}
"""One document with its attributes from where they stand; has_bad_fields: dms_fields is no JSON object."""

LETTERS: Final[Frame] = {**_all(TEXT, "property_nr recipient_id"), "contact": ROW}
"""One document with the contact it is addressed to."""

# reports

KIND_FLAGS: Final = (
    "is_released", "is_locked", "is_bulletin", "is_property_wide", "notifies_unregistered", "notes_commissioning",
)  # fmt: skip
KINDS: Final[Frame] = {
    **_all(TEXT, "report_kind name category description note_template"),
    **dict.fromkeys(KIND_FLAGS, FLAG),
    "changed_at": MOMENT,  # local
}
"""One report kind."""
REPORTS: Final[Frame] = {
    **_all(TEXT, "report_nr subject text report_kind status reporter_person reporter_partner property_nr unit_nr"),
    **_all(TEXT, "team_nr origin"),
    **_all(MOMENT, "reported_at changed_at"),  # local
    **dict.fromkeys(KIND_FLAGS, FLAG),  # of a kind that does not exist all False
    **_all(TEXT, "kind_name note_template"),
    "portal_state": TEXT,  # OPEN, IN_PROGRESS, CLOSED
    **_all(FLAG, "is_closed has_unknown_status is_full_history is_in_range is_team_released"),
    "contact_id": TEXT,  # missing: none
    "is_user": FLAG,  # the contact is in the portal
    "ticket_id": TEXT,  # its first or only id as a ticket
    "is_held": FLAG,  # the portal has it
    "was_known": FLAG,  # it has or had it, also if it was withdrawn
    "was_sent": FLAG,  # from here, not only from there
    "was_posted": FLAG,  # it hung at the pinboard
    "is_first_export": FLAG,  # nothing of its property went out before (O25)
    "is_doubled": FLAG,  # the ERP has several rows of it
}
"""One report with everything that decides about it."""
MARKS: Final[Frame] = {"audience": TEXT, "is_first": FLAG, "since": MOMENT}
"""What the ledger remembers of a ticket or post: audience "" if unknown; since in whole seconds, NaT if the portal does
not surely hold it."""
REMEMBERED: Final[Frame] = {"report": ROW, **_all(TEXT, "external_id state"), **MARKS}
"""One id under which ledger or inbox know a report; of a post, audience says which text was posted."""
SOURCES: Final = {"reports": REPORTS, "tickets": REMEMBERED, "posts": REMEMBERED}
"""Of reports.sources.Sources."""
TITLED: Final[Frame] = _all(TEXT, "report_nr subject kind_name")
"""One report as far as its title goes."""
TICKET_IDS: Final[Frame] = {**_all(TEXT, "external_id state audience"), "since": MOMENT, "has_history": FLAG}
"""Under which id each report is a ticket for its audience: state and audience (for whom it was so far) "" if unknown;
has_history: there is or was a ticket of it for somebody else."""
POST_IDS: Final[Frame] = {**_all(TEXT, "external_id edition"), "is_first": FLAG}
"""Under which id each report is or would be a post (its number, when taken down before with ~2, ~3, …), with which
text, and whether it went or goes out with its property's first export."""
VERDICT: Final[Frame] = {
    "report_nr": TEXT,
    **STAND,
    "as_what": TEXT,  # individual, property, bulletin; "" if it does not go out
    "is_first_export": FLAG,
    **_all(TEXT, "record_type external_id"),  # ticket or post: what it is in the portal, or was, or would be
}
"""What is decided about one report."""
OF_REPORT: Final[Frame] = {
    **_all(TEXT, "contact_id status"),
    **_all(FLAG, "is_closed notifies_unregistered"),
    "changed_at": MOMENT,  # local
}
SHOWN: Final[Frame] = {**VERDICT, **OF_REPORT}
"""What staff see of one report and what becomes of it is told by."""
CLASSIFIED: Final[Frame] = {
    **VERDICT,
    "audience": TEXT,  # as a ticket; missing if it is none
    **{f"ticket_{name}": dtype for name, dtype in TICKET_IDS.items()},
    **{f"post_{name}": dtype for name, dtype in POST_IDS.items()},
}
"""What is decided about one report, in the order of REPORTS."""
BELOW_REPORTS: Final[Frame] = {"report_nr": TEXT}
"""One note, order or file."""
ON_TICKETS: Final[Frame] = {
    "report": ROW,
    "base_id": TEXT,  # its id in the portal without the addition of its ticket
    **_all(TEXT, "external_id as_what ticket_external_id property_nr"),
    **_all(FLAG, "ticket_has_history is_ticket is_doubled"),  # is_doubled: its report is
    "is_left_alone": FLAG,  # its ticket stays in the portal as it is
    "ticket_since": MOMENT,
}
"""The ticket to which a note, order or file belongs, and its id there."""
NOTES: Final[Frame] = {
    **_all(TEXT, "note_id report_nr text author created_by origin"),
    **_all(MOMENT, "created_at changed_at"),  # local
    "is_public": FLAG,
    **ON_TICKETS,
    **STAND,
    "is_from_portal": FLAG,
}
"""One note with what is decided about it."""
COMMENT: Final[Frame] = _all(TEXT, "external_id base_id decision reason text property_nr ticket_external_id")
"""What notes and orders share on their way to being comments."""
ORDERS: Final[Frame] = {**COMMENT, **_all(TEXT, "author source"), "changed_at": MOMENT}
"""What one order yields as a comment."""

# what iX-Haus shows of the portal, and by which way contacts hear

FAILURES: Final[Frame] = _all(TEXT, "record_type external_id reason")
"""One record that the protocol names as refused, failed or invalid in a run."""
PORTAL_FIELD: Final[Frame] = _all(TEXT, "report_nr portal_status portal_reason")
"""The field Serviceportal of one report: PENDING, SENT, FAILED, WITHDRAWN, or "" for what was never there and is not to
be; a reason code: as what it goes out, why not, or why that failed."""
SAVED_REPORTS: Final[Frame] = {**_all(TEXT, "report_nr changed_by"), **_all(MOMENT, "changed_at portal_changed_at")}
"""Who saved one report, and when the portal changed it; local times."""
SAVED_NOTES: Final[Frame] = {**_all(TEXT, "report_nr created_by origin"), **_all(MOMENT, "created_at changed_at")}
"""Who wrote one note; local times."""
TELLING: Final[Frame] = {
    **_all(TEXT, "contact_id event email"),  # email missing: none
    **_all(FLAG, "is_registered notifies_unregistered is_first_export was_told"),
}
"""One contact and event: has he an account now, does the report's kind write to others, has he heard of it before."""
CHANNELS: Final[Frame] = _all(TEXT, "contact_id event channel warning")
"""How one contact hears of one event: portal (it tells by itself), email (we write), none; NOBODY_NOTIFIED or ""."""
