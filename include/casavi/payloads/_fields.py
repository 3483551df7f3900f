"""The kinds of text that payloads are made of, and what is wrong with one that is refused."""

import re
from typing import Annotated, ClassVar

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError

PHONE_REGION = "DE"
"""Where a number without country code is dialled."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def refuse(reason: str, text: str) -> PydanticCustomError:
    """Return the error whose reason code and text (never the value) refusal reports."""
    return PydanticCustomError("refused", "{text}", {"reason": reason, "text": text})


def without_control_characters(text: str) -> str:
    """Return the text; raises the refusal of a text with control characters, line breaks among them."""
    if _CONTROL.search(text):
        raise refuse("INVALID_VALUE", "holds control characters")
    return text


def _lines(text: str) -> str:
    text = text.replace("\r\n", "\n")
    if _CONTROL_BUT_LINES.search(text):
        raise refuse("INVALID_VALUE", "holds control characters")
    return text


def _unpadded(text: str) -> str:
    if text != text.strip():  # cutting the blanks off would make it another record's id
        raise refuse("INVALID_VALUE", "begins or ends with blanks")
    return text


def _or_none(text: str | None) -> str | None:
    return text or None


def _email(address: str) -> str:
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        raise refuse("EMAIL_INVALID", "is not a valid address") from None


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


_Line = Annotated[str, _text(255), AfterValidator(without_control_characters)]
_Number = Annotated[str, _text(100), AfterValidator(without_control_characters), AfterValidator(phone)]
_Lines = Annotated[str, _text(2000), AfterValidator(_lines)]
TEXT_LENGTH = 32_000
"""Most characters of what is written at length: reports, notes, bulletins."""

Id = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100),
    AfterValidator(without_control_characters),
    AfterValidator(_unpadded),
]
Name = Annotated[str, _text(255, min_length=1), AfterValidator(without_control_characters)]
Text = Annotated[_Line | None, AfterValidator(_or_none)]
Phone = Annotated[_Number | None, AfterValidator(_or_none)]
Note = Annotated[_Lines | None, AfterValidator(_or_none)]
LongText = Annotated[str, _text(TEXT_LENGTH, min_length=1), AfterValidator(_lines)]
Email = Annotated[str, _text(254), AfterValidator(_email)]


class Payload(BaseModel):
    """What is sent of one record: nothing but its fields, each written out, named as in the portal's API."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        alias_generator=to_camel,
        serialize_by_alias=True,
    )
    VERSION: ClassVar[int] = 1
    """Part of the hash of every content; raised in a model, all of its records are sent once more."""


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
