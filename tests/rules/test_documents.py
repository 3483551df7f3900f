"""Which documents go out, to whom, and why not: time filter, recipients, DocuWare filter, limits."""

import json
from datetime import date
from typing import Any, Final

import pytest

from include.casavi.payloads import DocumentPayload
from include.rules.documents import cut_off
from include.settings import SystemSettings
from tests.rules.builders import (
    Outcome,
    Records,
    contract,
    decide_documents,
    document,
    held,
    licence,
    owner,
    partner,
    person,
    role,
)

NEW_YEARS_EVE, NEW_YEARS_DAY = "2026-12-31", "2027-01-01"
MB = 2**20
TENANT = held("100.1.1")


def row(outcome: Outcome, nr: str = "D1") -> dict[str, Any]:
    return outcome.row("document", nr)


def said(*records: Records, **circumstances: Any) -> tuple[str, str]:
    found = row(decide_documents(*records, **circumstances))
    return found["decision"], found["reason"]


def goes_to(*records: Records, **circumstances: Any) -> dict[str, Any]:
    """For whom the document is in the portal; empty if it is not sent."""
    found = row(decide_documents(*records, **circumstances))
    return {name: found[name] for name in ("propertyId", "unitId", "contactId", "sharedWith") if found[name]}


@pytest.mark.rule("R25", "E33")
@pytest.mark.parametrize(
    ("kind", "decision", "reason"),
    [
        ("Anschreiben", "send", "DOCUMENT_RELEASED"),
        ("Hausordnung", "send", "DOCUMENT_RELEASED"),
        ("Mahnung", "remove", "DOCUMENT_TYPE_NOT_RELEASED"),
        ("anschreiben", "remove", "DOCUMENT_TYPE_NOT_RELEASED"),
        (None, "remove", "DOCUMENT_TYPE_NOT_RELEASED"),
    ],
)
def test_only_chosen_document_types_are_released(kind: str | None, decision: str, reason: str) -> None:
    assert said(document(document_type=kind)) == (decision, reason)


@pytest.mark.rule("R26", "O12", "E23", "E24")
@pytest.mark.parametrize(
    ("today", "dated", "reason"),
    [
        (NEW_YEARS_EVE, "2025-01-01", "DOCUMENT_RELEASED"),
        (NEW_YEARS_EVE, "2024-12-31", "DOCUMENT_TOO_OLD"),
        (NEW_YEARS_DAY, "2026-01-01", "DOCUMENT_RELEASED"),
        (NEW_YEARS_DAY, "2025-12-31", "DOCUMENT_TOO_OLD"),
        ("2024-06-01", "2024-02-29", "DOCUMENT_RELEASED"),
        ("2026-06-15", "2026-12-31", "DOCUMENT_RELEASED"),
    ],
)
def test_the_time_filter_begins_on_1_january_of_last_year(today: str, dated: str, reason: str) -> None:
    assert said(document(document_date=dated), today=today)[1] == reason


@pytest.mark.rule("O12")
@pytest.mark.parametrize(("today", "day"), [(NEW_YEARS_EVE, "2025-01-01"), (NEW_YEARS_DAY, "2026-01-01")])
def test_the_cut_off_is_a_day_of_the_local_calendar(today: str, day: str) -> None:
    assert cut_off(date.fromisoformat(today)).date().isoformat() == day


@pytest.mark.rule("R26", "E33")
@pytest.mark.parametrize("dated", ["1999-01-01", None])
def test_a_type_without_time_filter_has_no_limit_also_if_it_is_in_both_lists(dated: str | None) -> None:
    old = document(document_type="Hausordnung", document_date=dated)
    both = ["Hausordnung"]
    assert said(old)[0] == "send"
    assert said(old, document_types=both, document_types_without_time_filter=both)[0] == "send"
    assert said(old, document_types=both, document_types_without_time_filter=[])[0] != "send"


@pytest.mark.rule("R27", "E27")
@pytest.mark.parametrize("dated", [None, "1899-12-30", "9999-12-31"])
def test_the_document_date_counts_and_without_one_the_filter_cannot_decide(dated: str | None) -> None:
    assert said(document(document_date=dated, changed_at="2026-06-01")) == ("invalid", "NO_DOCUMENT_DATE")


@pytest.mark.rule("R27")
def test_the_date_of_change_is_not_the_document_date() -> None:
    assert said(document(document_date="2020-01-01", changed_at="2026-06-01"))[1] == "DOCUMENT_TOO_OLD"


@pytest.mark.rule("R29", "E29")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"document_type": "Intern"}, "DOCUMENT_TYPE_NOT_RELEASED"),
        ({"document_date": "2020-01-01"}, "DOCUMENT_TOO_OLD"),
        ({"property_nr": "900"}, "PROPERTY_NOT_RELEASED"),
    ],
)
def test_what_is_no_longer_released_is_removed_without_content(change: dict[str, Any], reason: str) -> None:
    ledger = [TENANT, held("D1", record_type="document")]
    found = row(decide_documents(document(**change), known=ledger))
    assert (found["decision"], found["reason"]) == ("remove", reason)
    assert all(found[name] is None for name in ("title", "fileName", "path", "contactId"))


@pytest.mark.rule("E29")
def test_a_document_retyped_to_one_without_time_filter_appears_although_it_is_old() -> None:
    assert said(document(document_date="2001-05-05"))[0] == "remove"
    assert said(document(document_date="2001-05-05", document_type="Hausordnung"))[0] == "send"


@pytest.mark.rule("R13", "R15")
def test_only_documents_of_released_properties() -> None:
    assert said(document(property_nr="900"))[1] == "PROPERTY_NOT_RELEASED"


@pytest.mark.rule("R28", "E30")
@pytest.mark.parametrize(
    ("size", "limit", "said_of_it"),
    [
        (100 * MB, 100, ("send", "DOCUMENT_RELEASED")),
        (100 * MB + 1, 100, ("invalid", "FILE_TOO_LARGE")),
        (50 * MB + 1, 50, ("invalid", "FILE_TOO_LARGE")),
        (0, 100, ("invalid", "FILE_EMPTY")),
        (None, 100, ("send", "DOCUMENT_RELEASED")),
        (5 * 2**31, 100, ("invalid", "FILE_TOO_LARGE")),
    ],
)
def test_a_file_over_the_limit_is_named_and_exactly_the_limit_passes(
    size: int | None, limit: int, said_of_it: tuple[str, str]
) -> None:
    assert said(document(size=size), limits={"max_file_mb": limit}) == said_of_it


@pytest.mark.rule("R28", "R31")
def test_the_size_of_the_original_says_nothing_of_its_pdf_rendition() -> None:
    assert said(document(size=200 * MB, has_pdf=True))[0] == "send"


@pytest.mark.rule("O16")
def test_a_letter_goes_to_its_person_and_nobody_else() -> None:
    assert goes_to(document(unit_nr="1")) == {"contactId": "100.1.1"}
    assert row(decide_documents(document()))["parents"] == "contact 100.1.1"


@pytest.mark.rule("O16", "R23")
@pytest.mark.parametrize("header", ["100.7.1", "P7"])
def test_the_header_id_is_a_persons_key_or_a_partners_number(header: str) -> None:
    kim = person(contract(nr="V7", unit_nr="7"), key="100.7.1", partner=partner("P7"))
    assert goes_to(kim, document(recipient_id=header), known=[held("P7")]) == {"contactId": "P7"}


@pytest.mark.rule("O16", "R22")
@pytest.mark.parametrize(
    "office", [owner("P7"), person(contract(role("P7"), nr="V8", unit_nr="8"), key="100.8.1", partner="P8")]
)
def test_owners_and_co_residents_get_letters_too(office: Records) -> None:
    letter = document(recipient_id="P7")
    licensed = licence("Objekteigentümer")
    assert goes_to(partner("P7"), office, licensed, letter, known=[held("P7")]) == {"contactId": "P7"}


@pytest.mark.rule("O16", "E18", "E21")
def test_the_letter_follows_the_contact_to_the_id_it_has_in_the_portal() -> None:
    kim = person(contract(nr="V7", unit_nr="7"), key="100.7.1", partner=partner("P7"))
    letter = document(recipient_id="P7")
    assert goes_to(kim, letter, known=[held("100.7.1")]) == {"contactId": "100.7.1"}


@pytest.mark.rule("O16", "E32")
@pytest.mark.parametrize(
    ("state", "said_of_it"), [("present", "send"), ("restricted", "remove"), ("removed", "remove")]
)
def test_what_is_for_a_creditor_goes_out_only_if_he_is_a_portal_user(state: str, said_of_it: str) -> None:
    bill = document(recipient_type="K", recipient_id="P7")
    world = (partner("P7"), owner("P7"), bill)
    outcome = row(decide_documents(*world, known=[held("P7", state)]))
    assert outcome["decision"] == said_of_it
    assert (outcome["reason"] == "CREDITOR_NOT_IN_PORTAL") == (said_of_it == "remove")


@pytest.mark.rule("O16", "E32")
def test_a_creditor_unknown_to_the_portal_is_no_data_error() -> None:
    assert said(document(recipient_type="K", recipient_id="4711")) == ("remove", "CREDITOR_NOT_IN_PORTAL")


@pytest.mark.rule("E32")
def test_a_creditor_is_never_taken_for_the_person_of_the_same_number() -> None:
    assert said(document(recipient_type="K", recipient_id="100.1.1"))[1] == "CREDITOR_NOT_IN_PORTAL"


@pytest.mark.rule("O16")
def test_without_recipient_it_is_for_everybody_in_the_property() -> None:
    for_all = document(recipient_type=None, recipient_id=None)
    assert goes_to(for_all) == {"propertyId": "100", "sharedWith": "ALL"}
    owners_only = goes_to(for_all, document_audiences={"Anschreiben": "OWNER"})
    assert owners_only == {"propertyId": "100", "sharedWith": "OWNER"}
    assert row(decide_documents(for_all))["parents"] == "property 100"


@pytest.mark.rule("R30", "O16")
@pytest.mark.parametrize("allowed", [[], ["Abrechnung"]])
def test_a_letter_that_names_nobody_does_not_go_to_the_whole_house(allowed: list[str]) -> None:
    letter = document(recipient_type=None, recipient_id=None)
    settings: dict[str, Any] = {"property_document_types": allowed, "unit_document_types": ["Anschreiben"]}
    assert said(letter, **settings) == ("invalid", "PROPERTY_NOT_ALLOWED")
    assert said(letter, known=[held("D1", record_type="document")], **settings) == ("remove", "PROPERTY_NOT_ALLOWED")


@pytest.mark.rule("O16", "E7")
def test_a_unit_gets_documents_only_of_types_meant_for_units() -> None:
    of_unit = document(recipient_type=None, recipient_id=None, unit_nr="1")
    assert said(of_unit) == ("invalid", "UNIT_NOT_ALLOWED")
    allowed = {"unit_document_types": ["Anschreiben"]}
    assert goes_to(of_unit, **allowed) == {"unitId": "100/1", "sharedWith": "ALL"}
    assert goes_to(document(unit_nr="1"), **allowed) == {"contactId": "100.1.1"}


@pytest.mark.rule("E35", "E9")
@pytest.mark.parametrize("ledger", [[], [held("100.1.1", "restricted")], [held("100.1.1", "removed")]])
def test_a_recipient_without_portal_access_gets_nothing_until_he_has_it(ledger: list[dict[str, Any]]) -> None:
    older = document(document_date="2025-02-01", contract_nr="V1")
    assert said(older, known=ledger) == ("remove", "RECIPIENT_NO_PORTAL_USER")
    assert said(older)[0] == "send"


@pytest.mark.rule("E6", "E7")
@pytest.mark.parametrize(("state", "decision"), [("present", "send"), ("removed", "remove")])
def test_documents_of_a_tenancy_go_when_its_contract_goes(state: str, decision: str) -> None:
    ledger = [TENANT, held("V1", state, record_type="contract")]
    assert said(document(contract_nr="V1"), known=ledger)[0] == decision
    assert said(document(contract_nr=None), known=ledger)[0] == "send"


MOVED: Final = partner("P7").plus(
    person(contract(nr="V7", unit_nr="7", end="2026-06-14"), key="100.7.1", partner="P7"),
    person(contract(nr="V8", unit_nr="8", property_nr="110"), key="110.8.1", partner="P7"),
)
"""Who has moved out of one property into another, and is one contact."""


@pytest.mark.rule("E6", "O16")
@pytest.mark.parametrize(
    ("header", "property_nr", "expected"),
    [
        ("100.7.1", "100", "CONTRACT_NOT_IN_PORTAL"),
        ("110.8.1", "110", "DOCUMENT_RELEASED"),
        ("P7", "100", "CONTRACT_NOT_IN_PORTAL"),
        ("P7", "110", "DOCUMENT_RELEASED"),
        ("P7", "120", "DOCUMENT_RELEASED"),  # nothing ever bound him to this one
    ],
)
@pytest.mark.parametrize("contract_nr", [None, "V8"])
def test_a_letter_follows_the_tenancy_that_its_header_id_names(
    header: str, property_nr: str, expected: str, contract_nr: str | None
) -> None:
    letter = document(recipient_id=header, property_nr=property_nr, contract_nr=contract_nr)
    assert said(MOVED, letter, known=[held("P7"), held("V8", record_type="contract")])[1] == expected


@pytest.mark.rule("E6", "R19")
@pytest.mark.parametrize(("trail", "decision"), [(0, "remove"), (1, "send")])
def test_a_letter_stays_as_long_as_access_does_after_move_out(trail: int, decision: str) -> None:
    letter = document(recipient_id="100.7.1")
    assert said(MOVED, letter, known=[held("P7")], portal_access_trail_days=trail)[0] == decision


@pytest.mark.rule("E6", "E3", "R11")
@pytest.mark.parametrize(
    ("office", "licences", "decision"),
    [
        (owner("P7"), ["Objekteigentümer"], "send"),
        (owner("P7"), [], "remove"),
        (owner("P7", end="2026-06-01"), ["Objekteigentümer"], "remove"),
        (owner("P7", begin=None), ["Objekteigentümer"], "remove"),  # what is wrong keeps nobody who has moved out
    ],
)
def test_a_partners_letter_follows_what_binds_him_to_its_property(
    office: Records, licences: list[str], decision: str
) -> None:
    world = (MOVED, office, licence(*licences), document(recipient_id="P7"))
    assert said(*world, known=[held("P7")])[0] == decision


@pytest.mark.rule("E3", "E6")
@pytest.mark.parametrize("ledger", [[], [held("D1", record_type="document")]])
@pytest.mark.parametrize(
    "tie",
    [
        owner("P7", begin=None),
        person(contract(nr="V7", begin=None), key="100.7.1", partner="P7"),
        person(contract(nr="V7", end="2019-12-31"), key="100.7.1", partner="P7"),
        contract(role("P7"), nr="V8"),
    ],
)
def test_a_mistake_in_what_binds_him_sends_a_letter_to_nobody_and_takes_it_from_nobody(
    tie: Records, ledger: list[dict[str, Any]]
) -> None:
    world = (partner("P7"), tie, licence("Objekteigentümer"), document(recipient_id="P7"))
    assert said(*world, known=[held("P7"), *ledger]) == ("invalid", "CONTRACT_NOT_IN_PORTAL")


@pytest.mark.rule("E6", "O16")
def test_a_contract_that_is_wrong_keeps_no_letter_of_one_that_has_ended() -> None:
    ended, wrong = contract(nr="V7", end="2026-06-14"), contract(nr="V8", begin=None)
    kim = person(ended, wrong, key="100.7.1", partner=partner("P7"))
    assert said(kim, document(recipient_id="100.7.1"), known=[held("P7")])[0] == "remove"


@pytest.mark.rule("R30", "E32")
@pytest.mark.parametrize(
    ("recipient_type", "property_nr", "recipient_id", "reason"),
    [
        ("P", "100", "100.1.1", "DOCUMENT_RELEASED"),
        ("P", "100", None, "NO_RECIPIENT_ID"),
        ("P", None, "100.1.1", "NO_PROPERTY"),
        ("P", None, None, "NO_PROPERTY"),
        (None, "100", "100.1.1", "NO_RECIPIENT_TYPE"),
        (None, "100", None, "NO_RECIPIENT_TYPE"),
        (None, None, "100.1.1", "NO_PROPERTY"),
        (None, None, None, "NO_PROPERTY"),
    ],
)
def test_a_document_of_the_dms_needs_all_three_attributes(
    recipient_type: str | None, property_nr: str | None, recipient_id: str | None, reason: str
) -> None:
    of_dms = document(
        storage="DOCUWARE", recipient_type=recipient_type, property_nr=property_nr, recipient_id=recipient_id
    )
    assert said(of_dms) == ("send" if reason == "DOCUMENT_RELEASED" else "invalid", reason)


@pytest.mark.rule("E32")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"recipient_type": "X"}, "UNKNOWN_RECIPIENT_TYPE"),
        ({"recipient_id": "100.9.9"}, "UNKNOWN_RECIPIENT"),
    ],
)
def test_attributes_are_taken_letter_by_letter(change: dict[str, Any], reason: str) -> None:
    assert said(document(**change), properties="100, 110")[1] == reason


@pytest.mark.rule("E32")
@pytest.mark.parametrize(("number", "others", "reason"), [
    ("0100", [], "DOCUMENT_RELEASED"),
    ("00100", [], "DOCUMENT_RELEASED"),
    ("0", [], "PROPERTY_NOT_RELEASED"),
    ("0777", [], "PROPERTY_NOT_RELEASED"),
    ("0100", [owner(partner("P9"), property_nr="0100")], "PROPERTY_NOT_RELEASED"),  # this is another property
])  # fmt: skip
def test_a_property_is_found_without_the_leading_zeros_of_a_dms(
    number: str, others: list[Records], reason: str
) -> None:
    assert said(document(property_nr=number), *others, properties="100, 110")[1] == reason


@pytest.mark.rule("E31", "O16")
@pytest.mark.parametrize("change", [{"recipient_type": None}, {"recipient_id": None}, {"recipient_id": "100.9.9"}])
def test_what_lost_its_recipient_leaves_the_portal(change: dict[str, Any]) -> None:
    ledger = [TENANT, held("D1", record_type="document")]
    assert said(document(**change))[0] == "invalid"
    assert said(document(**change), known=ledger)[0] == "remove"


@pytest.mark.rule("E31")
@pytest.mark.parametrize("fault", [{"size": 0}, {"size": 101 * MB}])
def test_a_corrected_letter_that_cannot_be_sent_leaves_the_wrong_person_all_the_same(fault: dict[str, Any]) -> None:
    other = person(contract(nr="V2", unit_nr="2"), key="100.2.1")
    people = [TENANT, held("100.2.1")]
    sent_for = row(decide_documents(document(), known=people))["identity"]
    ledger = [*people, held("D1", identity=sent_for, record_type="document")]
    corrected = document(recipient_id="100.2.1", **fault)
    assert said(other, corrected, known=ledger)[0] == "remove"
    assert said(other, document(**fault), known=ledger)[0] == "invalid"


@pytest.mark.rule("E31")
def test_a_corrected_recipient_is_another_content_under_the_same_id() -> None:
    other = person(contract(nr="V2", unit_nr="2"), key="100.2.1")
    assert goes_to(other, document(recipient_id="100.2.1"), known=[TENANT, held("100.2.1")]) == {"contactId": "100.2.1"}


ROWS = [
    {
        "conditions": [
            {"field": "ART", "value": "Mieterbrief"}, {"field": "STAND", "operator": "!=", "value": "Entwurf"},
        ],
        "recipient_type_field": "TYP", "property_field": "HAUS", "recipient_field": "MIETER",
    },
    {"conditions": [{"field": "ART", "operator": "in", "value": ["Aushang", "Protokoll"]}], "property_field": "HAUS"},
]  # fmt: skip

LETTER = {"ART": "Mieterbrief", "TYP": "P", "HAUS": "100", "MIETER": "100.1.1"}


def in_dms(**fields: str | None) -> Records:
    """A document of the DMS without attributes of its own."""
    return document(
        storage="DOCUWARE", recipient_type=None, property_nr=None, recipient_id=None, dms_fields=json.dumps(fields)
    )


@pytest.mark.rule("R30", "O21")
@pytest.mark.parametrize(
    ("fields", "to"),
    [
        (LETTER, {"contactId": "100.1.1"}),
        (LETTER | {"STAND": "fertig"}, {"contactId": "100.1.1"}),
        (LETTER | {"STAND": "Entwurf"}, {}),
        ({"ART": "Aushang", "HAUS": "100"}, {"propertyId": "100", "sharedWith": "ALL"}),
        ({"ART": "Protokoll", "HAUS": " 100 "}, {"propertyId": "100", "sharedWith": "ALL"}),
        ({"ART": "Sonstiges", "HAUS": "100"}, {}),
    ],
)  # fmt: skip
def test_a_filter_row_says_where_the_attributes_stand(fields: dict[str, str], to: dict[str, Any]) -> None:
    assert goes_to(in_dms(**fields), docuware_filter=ROWS) == to


@pytest.mark.rule("R30", "O21")
def test_inside_a_row_all_conditions_hold_and_between_rows_the_first_that_does_counts() -> None:
    rows = [
        {"conditions": [{"field": "A", "operator": "starts_with", "value": "x"}], "property_field": "ERSTES"},
        {"conditions": [{"field": "A", "value": "xy"}], "property_field": "ZWEITES"},
    ]
    both = in_dms(A="xy", ERSTES="100", ZWEITES="110")
    assert goes_to(both, docuware_filter=rows)["propertyId"] == "100"


@pytest.mark.rule("R30", "O21")
def test_a_row_that_holds_but_yields_no_property_is_not_transferred() -> None:
    assert said(in_dms(ART="Aushang"), docuware_filter=ROWS) == ("invalid", "NO_PROPERTY")


@pytest.mark.rule("O21")
@pytest.mark.parametrize("text", ["{", "[]", '"x"', "null"])
def test_unreadable_dms_fields_are_that_documents_error(text: str) -> None:
    assert said(document(dms_fields=text), docuware_filter=ROWS) == ("invalid", "BAD_DMS_FIELDS")
    assert said(document(dms_fields=text))[0] == "send"


@pytest.mark.rule("R33", "E34")
@pytest.mark.parametrize(
    "change", [{"version": 2}, {"has_pdf": True}, {"size": 1001}, {"path": "neu.pdf"}, {"subject": "Neu"}]
)
def test_a_new_version_or_rendition_is_another_content(change: dict[str, Any]) -> None:
    columns = ["title", "rendition", "version", "size", "path"]
    before, after = (row(decide_documents(one)) for one in (document(), document(**change)))
    assert [before[name] for name in columns] != [after[name] for name in columns]


@pytest.mark.rule("R31")
def test_a_pdf_rendition_goes_out_instead_of_the_original_and_is_not_converted() -> None:
    for has_pdf, convert in ((True, False), (False, True)):
        found = row(decide_documents(document(has_pdf=has_pdf), convert_to_pdf=True))
        assert (found["rendition"], found["convert"]) == ("PDF" if has_pdf else "ORIGINAL", convert)
    assert row(decide_documents(document()))["convert"] is False


@pytest.mark.rule("R25", "E37")
@pytest.mark.parametrize(
    ("names", "title"),
    [
        ({}, "Ihr Schreiben"),
        ({"subject": None}, "brief.pdf"),
        ({"subject": None, "file_name": None}, "Anschreiben"),
    ],
)
def test_the_title_is_the_subject_or_what_there_is(names: dict[str, Any], title: str) -> None:
    assert row(decide_documents(document(**names)))["title"] == title


@pytest.mark.rule("R29")
def test_documents_gone_from_the_erp_are_not_in_the_frame_and_so_taken_for_gone() -> None:
    assert decide_documents(known=[TENANT, held("D9", record_type="document")]).ids("document") == []


@pytest.mark.rule("R25", "R5")
def test_what_is_sent_is_valid() -> None:
    outcome = decide_documents(
        document(), document("D2", recipient_type=None, recipient_id=None), document("D3", size=None, version=None)
    )
    sent = outcome.ids("document", "send")
    assert sent == ["D1", "D2", "D3"]
    for nr in sent:
        found = row(outcome, nr)
        fields = {str(field.alias): found[str(field.alias)] for field in DocumentPayload.model_fields.values()}
        DocumentPayload.model_validate_json(json.dumps(fields))


@pytest.mark.rule("E60", "R25")
def test_no_chosen_types_release_nothing() -> None:
    nothing = SystemSettings(system="production")
    assert (nothing.document_types, nothing.document_types_without_time_filter) == ((), ())
    assert said(document(), document_types=[], document_types_without_time_filter=[])[0] == "remove"


@pytest.mark.rule("E50")
def test_a_subject_for_which_the_portal_has_no_room_is_cut_with_the_mark_and_a_warning() -> None:
    found = row(decide_documents(document(subject="S" * 300)))
    assert (found["decision"], found["warnings"]) == ("send", "TEXT_CUT")
    assert found["title"] == "S" * 244 + "… [gekürzt]"
