"""What may be sent to the portal: an allow-list, checked to the last character, refused without naming its content."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from include.casavi import payloads
from include.casavi.payloads import (
    AttachmentPayload,
    CommentPayload,
    ContactPayload,
    ContractPayload,
    PostPayload,
    PropertyPayload,
    TicketPayload,
    TicketTypePayload,
    UnitPayload,
    phone,
    refusal,
)
from include.vocabulary.reasons import REASONS
from include.vocabulary.refusals import FIELDS

CONTACT: dict[str, Any] = {
    "id": "P1", "title": None, "salutation": "Frau", "firstName": "Kim", "lastName": "Muster", "companyName": None,
    "companyRole": None, "email": "kim@example.org", "telephone": None, "mobile": None, "fax": None, "website": None,
    "street": None, "postalCode": None, "city": None, "country": None, "preferredWayOfContact": None,
    "portalUser": True,
}  # fmt: skip
CONTRACT: dict[str, Any] = {
    "id": "V1", "type": "RENTER", "number": "V1", "propertyId": "100", "unitId": "100/1", "contactId": "P1",
    "startDate": "2024-01-01", "endDate": None,
}  # fmt: skip
UNIT: dict[str, Any] = {
    "id": "100/1", "propertyId": "100", "name": "1. OG links", "number": "1", "address": "Musterstr. 1",
    "usage": "Privat", "note": None, "mscNumber": None,
}  # fmt: skip
PROPERTY: dict[str, Any] = {
    "id": "100", "name": "Musterstr. 1", "number": "100", "note": None, "country": None, "city": None,
    "postalCode": None, "mscNumber": None, "mscProviderName": None, "mscProviderIdentifier": None,
    "addresses": [{"street": "Musterstr. 1"}],
}  # fmt: skip
TICKET_TYPE: dict[str, Any] = {"id": "HEIZ", "name": "Heizung", "category": "Technik", "description": None}
TICKET: dict[str, Any] = {
    "id": "M1", "ticketTypeId": "HEIZ", "title": "Heizung kalt", "description": "Seit gestern.", "status": "OPEN",
    "propertyId": "100", "unitId": "100/1", "contactId": "P1",
}  # fmt: skip
COMMENT: dict[str, Any] = {
    "id": "N1", "ticketId": "M1", "text": "Der Techniker kommt.", "authorName": None, "isInternal": False,
}  # fmt: skip
ATTACHMENT: dict[str, Any] = {
    "id": "F1", "ticketId": "M1", "fileName": "foto.jpg", "mediaType": "image/jpeg", "size": 1000,
    "version": "2026-06-02T07:00:00", "isInternal": False,
}  # fmt: skip
POST: dict[str, Any] = {
    "id": "M2", "title": "Wasser abgestellt", "text": "Am Montag.", "authorId": "S1", "propertyIds": ["100"],
    "sharedWith": "ALL", "notify": True,
}  # fmt: skip
MASTER = [(PropertyPayload, PROPERTY), (UnitPayload, UNIT), (ContactPayload, CONTACT), (ContractPayload, CONTRACT)]
REPORTS = [
    (TicketTypePayload, TICKET_TYPE), (TicketPayload, TICKET), (CommentPayload, COMMENT),
    (AttachmentPayload, ATTACHMENT), (PostPayload, POST),
]  # fmt: skip
ALL = [*MASTER, *REPORTS]
SENT_AS_THEY_ARE = [one for one in REPORTS if one[0] is not CommentPayload]
API = Path(payloads.__file__).parents[1] / "casavi-v2.openapi.yaml"


def sent(model: type[BaseModel], content: dict[str, Any], **changes: Any) -> Any:
    """Return what goes over the wire for this content."""
    payload = model.model_validate_json(json.dumps({**content, **changes}))
    return json.loads(payload.model_dump_json())


def refused(model: type[BaseModel], content: dict[str, Any], **changes: Any) -> tuple[str, str]:
    with pytest.raises(ValidationError) as caught:
        sent(model, content, **changes)
    return refusal(caught.value)


@pytest.mark.parametrize(("model", "content"), [*MASTER, *SENT_AS_THEY_ARE])
@pytest.mark.rule("E12", "R5")
def test_every_field_goes_out_by_its_name_in_the_api_also_as_null(
    model: type[BaseModel], content: dict[str, Any]
) -> None:
    assert sent(model, content) == content


@pytest.mark.parametrize(("model", "content"), MASTER)
@pytest.mark.rule("R5")
def test_the_fields_are_those_of_the_openapi_document(model: type[BaseModel], content: dict[str, Any]) -> None:
    schemas = yaml.safe_load(API.read_text(encoding="utf-8"))["components"]["schemas"]
    schema = schemas[model.__name__.replace("Payload", "Write")]
    parts = [schemas["ContactFields"], *schema["allOf"][1:]] if "allOf" in schema else [schema]
    offered = {name for part in parts for name in part["properties"]}
    assert set(content) == offered - {"customFields"}


@pytest.mark.parametrize(
    ("content", "schema", "ours"),
    [
        (TICKET_TYPE, "TicketTypeWrite", set()),
        (TICKET, "TicketCreate", set()),
        (COMMENT, "CommentCreate", {"ticketId", "authorName"}),  # the path, and what the portal shows of an author
        (POST, "PostFields", set()),
    ],
)
@pytest.mark.rule("R5", "R46")
def test_the_fields_of_reports_are_those_of_the_openapi_document(
    content: dict[str, Any], schema: str, ours: set[str]
) -> None:
    offered = yaml.safe_load(API.read_text(encoding="utf-8"))["components"]["schemas"][schema]["properties"]
    assert set(content) - set(offered) == ours


@pytest.mark.parametrize(("model", "content"), ALL)
@pytest.mark.parametrize("extra", ["balance", "birthDate", "iban", "customFields", "postings"])
@pytest.mark.rule("R5")
def test_a_field_that_is_not_listed_is_refused(model: type[BaseModel], content: dict[str, Any], extra: str) -> None:
    assert refused(model, content, **{extra: "secret"}) == ("INVALID_VALUE", f"{extra}: ist kein Feld des Portals")


@pytest.mark.parametrize(("model", "content"), ALL)
@pytest.mark.rule("E12")
def test_a_field_left_out_is_refused_because_the_portal_would_keep_the_old_value(
    model: type[BaseModel], content: dict[str, Any]
) -> None:
    for name in content:
        with pytest.raises(ValidationError) as caught:
            model.model_validate_json(json.dumps({key: value for key, value in content.items() if key != name}))
        assert refusal(caught.value) == ("INVALID_VALUE", f"{FIELDS[name].german}: fehlt")


@pytest.mark.parametrize(
    ("model", "content", "field", "value", "text"),
    [
        (ContactPayload, CONTACT, "lastName", "x" * 256, "Nachname: höchstens 255 Zeichen"),
        (ContactPayload, CONTACT, "street", "x" * 256, "Straße: höchstens 255 Zeichen"),
        (ContactPayload, CONTACT, "mobile", "1" * 101, "Mobiltelefon: höchstens 100 Zeichen"),
        (ContactPayload, CONTACT, "id", "x" * 101, "Kennung: höchstens 100 Zeichen"),
        (ContactPayload, CONTACT, "id", "", "Kennung: ist leer"),
        (ContactPayload, CONTACT, "id", " P1", "Kennung: beginnt oder endet mit Leerzeichen"),
        (ContactPayload, CONTACT, "firstName", "Ki\0m", "Vorname: enthält Steuerzeichen"),
        (ContactPayload, CONTACT, "firstName", "Ki\nm", "Vorname: enthält Steuerzeichen"),
        (ContactPayload, CONTACT, "city", "K\x85ln", "Ort: enthält Steuerzeichen"),
        (ContactPayload, CONTACT, "telephone", "0221\x001", "Telefon: enthält Steuerzeichen"),
        (ContactPayload, CONTACT, "lastName", 5, "Nachname: hat die falsche Art oder Form"),
        (ContactPayload, CONTACT, "portalUser", "yes", "Portalnutzer: hat die falsche Art oder Form"),
        (ContactPayload, CONTACT, "preferredWayOfContact", "POST", "Zustellweg: hat die falsche Art oder Form"),
        (PropertyPayload, PROPERTY, "name", "   ", "Bezeichnung: ist leer"),
        (PropertyPayload, PROPERTY, "note", "x" * 2001, "Notiz für das Portal: höchstens 2000 Zeichen"),
        (PropertyPayload, PROPERTY, "note", "a\0b", "Notiz für das Portal: enthält Steuerzeichen"),
        (PropertyPayload, PROPERTY, "addresses", [{"street": ""}], "Straße: ist leer"),
        (UnitPayload, UNIT, "name", "x" * 256, "Bezeichnung: höchstens 255 Zeichen"),
        (ContractPayload, CONTRACT, "type", "GUEST", "Art: hat die falsche Art oder Form"),
        (ContractPayload, CONTRACT, "startDate", None, "Beginn: hat die falsche Art oder Form"),
        (ContractPayload, CONTRACT, "startDate", "01.01.2024", "Beginn: hat die falsche Art oder Form"),
    ],
)
def test_a_refusal_names_field_and_limit(
    model: type[BaseModel], content: dict[str, Any], field: str, value: object, text: str
) -> None:
    assert refused(model, content, **{field: value}) == ("INVALID_VALUE", text)


@pytest.mark.rule("R44")
@pytest.mark.parametrize(("model", "content"), [(CommentPayload, COMMENT), (AttachmentPayload, ATTACHMENT)])
@pytest.mark.parametrize("flag", [True, None, "false", 1])
def test_nothing_internal_can_even_be_expressed(model: type[BaseModel], content: dict[str, Any], flag: object) -> None:
    assert refused(model, content, isInternal=flag)[0] == "INVALID_VALUE"


def test_a_comments_ticket_is_in_the_address_and_not_in_the_body() -> None:
    assert set(sent(CommentPayload, COMMENT)) == {"id", "text", "isInternal"}


@pytest.mark.rule("R41")
def test_a_ticket_for_everybody_names_no_unit() -> None:
    assert sent(TicketPayload, TICKET, contactId=None, unitId=None)["propertyId"] == "100"
    reason, text = refused(TicketPayload, TICKET, contactId=None)
    assert reason == "INVALID_VALUE"
    assert text == "die Fläche geht nur mit einem Kontakt hinaus, da sonst alle sähen, wessen sie ist"


@pytest.mark.rule("R40", "R46", "E50")
@pytest.mark.parametrize(
    ("model", "content", "field", "value", "text"),
    [
        (TicketPayload, TICKET, "status", "DONE", "Status: hat die falsche Art oder Form"),
        (TicketPayload, TICKET, "title", " ", "Titel: ist leer"),
        (TicketPayload, TICKET, "description", "x" * 32_001, "Beschreibung: höchstens 32000 Zeichen"),
        (CommentPayload, COMMENT, "text", "", "Wortlaut: ist leer"),
        (CommentPayload, COMMENT, "text", "a\0b", "Wortlaut: enthält Steuerzeichen"),
        (PostPayload, POST, "status", "OPEN", "Status: ist kein Feld des Portals"),
        (PostPayload, POST, "propertyIds", [], "Objekte: hat die falsche Art oder Form"),
        (PostPayload, POST, "sharedWith", "OWNER", "Empfängerkreis: hat die falsche Art oder Form"),
        (AttachmentPayload, ATTACHMENT, "size", "1", "Größe: hat die falsche Art oder Form"),
    ],
)
def test_what_reports_may_not_say(
    model: type[BaseModel], content: dict[str, Any], field: str, value: object, text: str
) -> None:
    assert refused(model, content, **{field: value}) == ("INVALID_VALUE", text)


@pytest.mark.rule("E22c")
@pytest.mark.parametrize("last_name", [None, "", "  "])
def test_a_contact_needs_a_last_name_or_a_company(last_name: str | None) -> None:
    assert refused(ContactPayload, CONTACT, lastName=last_name) == ("NO_NAME", "Nachname oder Firma wird gebraucht")
    assert sent(ContactPayload, CONTACT, lastName=last_name, companyName="Muster GmbH")["lastName"] is None


@pytest.mark.rule("R17")
@pytest.mark.parametrize("field", ["email", "telephone", "mobile", "fax"])
def test_contact_data_of_a_person_without_access_never_leave(field: str) -> None:
    content = {**CONTACT, "email": None, "portalUser": False}
    assert sent(ContactPayload, content)["portalUser"] is False
    value = "kim@example.org" if field == "email" else "0221 1234567"
    reason, text = refused(ContactPayload, content, **{field: value})
    assert (reason, text) == ("INVALID_VALUE", "Kontaktdaten einer Person, die kein Portalnutzer ist")


@pytest.mark.rule("E3")
def test_a_contract_ends_on_the_day_it_begins_or_later() -> None:
    assert sent(ContractPayload, CONTRACT, endDate="2024-01-01")["endDate"] == "2024-01-01"
    reason, text = refused(ContractPayload, CONTRACT, endDate="2023-12-31")
    assert (reason, text) == ("END_BEFORE_START", "das Ende liegt vor dem Beginn")


@pytest.mark.rule("E15")
@pytest.mark.parametrize("email", ["x@@y", "kim@localhost", "", "a@example.org; b@example.org"])
def test_what_is_no_address_is_refused(email: str) -> None:
    assert refused(ContactPayload, CONTACT, email=email) == ("EMAIL_INVALID", "E-Mail: ist keine gültige Adresse")


def test_several_mistakes_are_all_named() -> None:
    _, text = refused(ContactPayload, CONTACT, firstName="x" * 256, city="\0")
    assert text == "Vorname: höchstens 255 Zeichen; Ort: enthält Steuerzeichen"


@pytest.mark.parametrize(("value", "expected"), [("  Kim ", "Kim"), ("", None), ("   ", None)])
def test_blanks_around_a_text_are_cut_off_and_nothing_but_blanks_is_nothing(value: str, expected: str | None) -> None:
    assert sent(ContactPayload, CONTACT, firstName=value)["firstName"] == expected


def test_a_note_keeps_its_lines() -> None:
    assert sent(UnitPayload, UNIT, note="Klingel 3\r\n\tHinterhaus")["note"] == "Klingel 3\n\tHinterhaus"


@pytest.mark.parametrize("text", ["Zoë Müller-Groß", "Łukasz", "O’Neill 🙂", "x" * 255])
def test_letters_of_all_kinds_survive(text: str) -> None:
    assert sent(ContactPayload, CONTACT, lastName=text)["lastName"] == text


@pytest.mark.rule("O1")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("0221 1234567", "+49 221 1234567"),
        ("0170/1234567", "+49 170 1234567"),
        ("+49 (0) 170 - 1234567", "+49 170 1234567"),
        ("0049 170 1234567", "+49 170 1234567"),
        ("+43 1 5131234", "+43 1 5131234"),
        ("0170 1234567 abends", "0170 1234567 abends"),
        ("0221 1234567 App. 12", "0221 1234567 App. 12"),
        ("0221 1234567, 89", "0221 1234567, 89"),
        ("0221 1234567 / 0170 1234567", "0221 1234567 / 0170 1234567"),
        ("Fr. Meier", "Fr. Meier"),
        ("12", "12"),
        ("---", "---"),
    ],
)
def test_phone_numbers_become_international_and_what_cannot_be_read_stays(typed: str, expected: str) -> None:
    for field in ("telephone", "mobile", "fax"):
        assert sent(ContactPayload, CONTACT, **{field: typed})[field] == expected


@pytest.mark.rule("O1")
@pytest.mark.parametrize(
    "typed",
    [
        "0221/123456/57", "0221 1234/35", "02234 1234 / 5678", "0221/4567-12/13", "0221/1234 – 5678", "0221 1234 (35)",
        "0221 4567-4569", "0221 123456 0221 57", "0221 123456+57", "49 7755 91155", "0221 12345 - 0",
    ],
)  # fmt: skip
def test_more_than_one_number_stays_as_typed(typed: str) -> None:
    assert phone(typed) == typed


@pytest.mark.rule("O1")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("0221/123456-0", "+49 221 1234560"),
        ("+49 (0) 221 123456", "+49 221 123456"),
        ("0221 / 12 34 56", "+49 221 123456"),
        ("(0221) 123.456", "+49 221 123456"),
        ("+49/221/123456", "+49 221 123456"),
        ("0221 - 12 34 56-78", "+49 221 12345678"),
        ("+43 1/5131234", "+43 1 5131234"),
        ("0221 221 03 45", "+49 221 2210345"),
    ],
)
def test_one_number_is_one_however_its_digits_are_grouped(typed: str, expected: str) -> None:
    assert phone(typed) == expected


@pytest.mark.rule("O1")
@given(st.text(alphabet="0123456789+/-() ,;.x", max_size=30))
def test_no_digit_of_a_phone_number_is_ever_lost(typed: str) -> None:
    shown = phone(typed)
    assert shown == typed or _significant(shown).endswith(_significant(typed)[-4:])
    assert bool(shown) == bool(typed)


def _significant(number: str) -> str:
    return "".join(character for character in number if character.isdigit())


@pytest.mark.rule("R21")
@given(st.dictionaries(st.sampled_from(sorted(CONTACT)), st.text(min_size=1, max_size=400) | st.integers(), min_size=1))
def test_a_refusal_never_repeats_a_value(changes: dict[str, Any]) -> None:
    marked = {name: f"§{value}§\0" if isinstance(value, str) else value for name, value in changes.items()}
    with pytest.raises(ValidationError) as caught:
        ContactPayload.model_validate_json(json.dumps({**CONTACT, **marked}))
    reason, text = refusal(caught.value)
    assert reason in REASONS
    assert "§" not in text + str(caught.value)


def test_broken_json_is_refused_without_repeating_it() -> None:
    with pytest.raises(ValidationError) as caught:
        ContactPayload.model_validate_json('{"lastName": "Muster')
    assert refusal(caught.value) == ("INVALID_VALUE", "ist kein gültiges JSON")
