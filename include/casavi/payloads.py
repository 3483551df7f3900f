"""What is sent to the portal, as an allow-list (R5): a field that is not named here never leaves.

Every field is written out, also as null, so that a value cleared in iX-Haus is cleared in the portal (E12). The models
are the last check before the wire; what they refuse is named in the protocol without its content, see refusal.
"""

import re
from datetime import date
from typing import Annotated, Literal, Self

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError

PHONE_REGION = "DE"
"""Where a number without country code is dialled."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def _refuse(reason: str, text: str) -> PydanticCustomError:
    """Return the error whose reason code and text (never the value) refusal reports."""
    return PydanticCustomError("refused", "{text}", {"reason": reason, "text": text})


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise _refuse("INVALID_VALUE", "holds control characters")
    return text


def _lines(text: str) -> str:
    text = text.replace("\r\n", "\n")
    if _CONTROL_BUT_LINES.search(text):
        raise _refuse("INVALID_VALUE", "holds control characters")
    return text


def _unpadded(text: str) -> str:
    if text != text.strip():  # cutting the blanks off would make it another record's id
        raise _refuse("INVALID_VALUE", "begins or ends with blanks")
    return text


def _or_none(text: str | None) -> str | None:
    return text or None


def _email(address: str) -> str:
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        raise _refuse("EMAIL_INVALID", "is not a valid address") from None


def phone(number: str) -> str:
    """Return a phone number in international form; what cannot be read as exactly one number stays as it is."""
    if any(character.isalpha() for character in number):
        return number  # "abends", "Fr. Meier": the remark would be lost, or read as digits
    try:
        parsed = phonenumbers.parse(number, PHONE_REGION)
    except phonenumbers.NumberParseException:
        return number
    if parsed.extension or not phonenumbers.is_valid_number(parsed):
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _text(max_length: int, min_length: int = 0) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=min_length, max_length=max_length)


_Line = Annotated[str, _text(255), AfterValidator(_one_line)]
_Number = Annotated[str, _text(100), AfterValidator(_one_line), AfterValidator(phone)]
_Lines = Annotated[str, _text(2000), AfterValidator(_lines)]

Id = Annotated[
    str, StringConstraints(min_length=1, max_length=100), AfterValidator(_one_line), AfterValidator(_unpadded)
]
Name = Annotated[str, _text(255, min_length=1), AfterValidator(_one_line)]
Text = Annotated[_Line | None, AfterValidator(_or_none)]
Phone = Annotated[_Number | None, AfterValidator(_or_none)]
Note = Annotated[_Lines | None, AfterValidator(_or_none)]
Email = Annotated[str, _text(254), AfterValidator(_email)]


class _Payload(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        alias_generator=to_camel,
        serialize_by_alias=True,
    )


class AddressPayload(_Payload):
    """One address of a property."""

    street: Name


class PropertyPayload(_Payload):
    """A property with its addresses."""

    id: Id
    name: Name
    number: Text
    note: Note
    country: Text
    city: Text
    postal_code: Text
    msc_number: Text
    msc_provider_name: Text
    msc_provider_identifier: Text
    addresses: tuple[AddressPayload, ...]


class UnitPayload(_Payload):
    """A unit of a property."""

    id: Id
    property_id: Id
    name: Name
    number: Text
    address: Text
    usage: Text
    note: Note
    msc_number: Text


class ContactPayload(_Payload):
    """A person as the portal knows it."""

    id: Id
    title: Text
    salutation: Text
    first_name: Text
    last_name: Text
    company_name: Text
    company_role: Text
    email: Email | None
    telephone: Phone
    mobile: Phone
    fax: Phone
    website: Text
    street: Text
    postal_code: Text
    city: Text
    country: Text
    preferred_way_of_contact: Literal["ONLINE"] | None
    portal_user: bool

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if not (self.last_name or self.company_name):
            raise _refuse("NO_NAME", "lastName or companyName is needed")
        return self

    @model_validator(mode="after")
    def _is_unreachable_without_access(self) -> Self:
        if not self.portal_user and (self.email or self.telephone or self.mobile or self.fax):
            raise _refuse("INVALID_VALUE", "contact data of a person that is no portal user")
        return self


class ContractPayload(_Payload):
    """What binds a contact to a unit between two days."""

    id: Id
    type: Literal["RENTER", "OWNER"]
    number: Text
    property_id: Id
    unit_id: Id
    contact_id: Id
    start_date: date
    end_date: date | None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.end_date and self.end_date < self.start_date:
            raise _refuse("END_BEFORE_START", "endDate lies before startDate")
        return self


def refusal(error: ValidationError) -> tuple[str, str]:
    """Return the reason code and a text such as "lastName: at most 255 characters" that holds nothing of the record."""
    details = error.errors(include_url=False, include_input=False)
    reason = str(details[0].get("ctx", {}).get("reason", "INVALID_VALUE"))
    return reason, "; ".join(map(_sentence, details))


def _sentence(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    what = {
        "refused": context.get("text"),
        "missing": "is missing",
        "extra_forbidden": "is not a field of the portal",
        "string_too_long": f"at most {context.get('max_length')} characters",
        "string_too_short": "is empty",
        "json_invalid": "is not valid JSON",
    }.get(detail["type"], "has the wrong type or form")
    field = ".".join(str(part) for part in detail["loc"])
    return f"{field}: {what}" if field else str(what)
