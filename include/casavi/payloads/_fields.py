"""The kinds of text that payloads are made of, and what is wrong with one that is refused."""

import re
from typing import Annotated, ClassVar, Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError

from include.vocabulary import limits
from include.vocabulary.refusals import refused

PHONE_REGION = "DE"
"""Where a number without country code is dialled."""

_DIALLED = re.compile(r"[\s(]*[+0]")
"""How a number begins that can be dialled from everywhere; "49 7755 91155" might begin with a country or an area."""
_LOCAL = re.compile(r"[\s.)]*[-/\u2013]?[\s(]*(?!\d*(?<!\d)(\d\d)\d*-\1\d)\d+(?:[\s.]+\d+)*(?:-\d+)?\s*")
"""What stands behind the area code of one number: digits in groups, and a direct extension (but "4567-4569" are three
numbers). Anything else may part one number from another.
"""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def refuse(reason: str, wrong: str) -> PydanticCustomError:
    """Return the error that refusal reports by a reason code and one of refusals.WRONG, never by the value."""
    return PydanticCustomError("refused", "{wrong}", {"reason": reason, "wrong": wrong})


def without_control_characters(text: str) -> str:
    """Return the text; raises the refusal of a text with control characters, line breaks among them."""
    if _CONTROL.search(text):
        raise refuse("INVALID_VALUE", "CONTROL_CHARACTERS")
    return text


def _lines(text: str) -> str:
    text = text.replace("\r\n", "\n")
    if _CONTROL_BUT_LINES.search(text):
        raise refuse("INVALID_VALUE", "CONTROL_CHARACTERS")
    if text.startswith("{\\rtf"):  # the rules have made a text of what could be read
        raise refuse("RTF_UNREADABLE", "RTF")
    return text


def _unpadded(text: str) -> str:
    if text != text.strip():  # cutting the blanks off would make it another record's id
        raise refuse("INVALID_VALUE", "PADDED")
    return text


def _or_none(text: str | None) -> str | None:
    return text or None


def _email(address: str) -> str:
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        raise refuse("EMAIL_INVALID", "NO_ADDRESS") from None


def phone(number: str) -> str:
    """Return a phone number in international form; what cannot be read as exactly one number stays as it is: two that
    share their beginning ("0221 1234/35") would become one that nobody has.
    """
    if not _DIALLED.match(number) or any(character.isalpha() for character in number):
        return number  # "abends", "Fr. Meier": the remark would be lost, or read as digits
    try:
        parsed = phonenumbers.parse(number, PHONE_REGION)
    except phonenumbers.NumberParseException:
        return number
    if parsed.extension or not phonenumbers.is_valid_number(parsed) or not _is_one(number, parsed):
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _is_one(number: str, parsed: phonenumbers.PhoneNumber) -> bool:
    """Whether nothing behind the area code parts one number from another."""
    significant = phonenumbers.national_significant_number(parsed)
    area = significant[: phonenumbers.length_of_national_destination_code(parsed)]
    digits = [place for place, sign in enumerate(number) if sign.isdigit()]
    own_digits = len(significant) - len(area)
    own = number[digits[-own_digits - 1] + 1 :] if own_digits < len(digits) else number
    return bool(_LOCAL.fullmatch(own)) and not re.search(rf"\b0{area}\b", own)


def _text(max_length: int, min_length: int = 0) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=min_length, max_length=max_length)


_Line = Annotated[str, _text(limits.LINE), AfterValidator(without_control_characters)]
_Number = Annotated[str, _text(limits.NUMBER), AfterValidator(without_control_characters), AfterValidator(phone)]
_Lines = Annotated[str, _text(limits.NOTE), AfterValidator(_lines)]

Id = Annotated[
    str,
    StringConstraints(min_length=1, max_length=limits.ID),
    AfterValidator(without_control_characters),
    AfterValidator(_unpadded),
]
Name = Annotated[str, _text(limits.LINE, min_length=1), AfterValidator(without_control_characters)]
Text = Annotated[_Line | None, AfterValidator(_or_none)]
Phone = Annotated[_Number | None, AfterValidator(_or_none)]
Note = Annotated[_Lines | None, AfterValidator(_or_none)]
LongText = Annotated[str, _text(limits.TEXT, min_length=1), AfterValidator(_lines)]
Email = Annotated[str, _text(limits.EMAIL), AfterValidator(_email)]


_WRONG: Final = {
    "missing": "MISSING",
    "extra_forbidden": "UNKNOWN_FIELD",
    "string_too_long": "TOO_LONG",
    "string_too_short": "EMPTY",
    "json_invalid": "NO_JSON",
}
"""What pydantic calls it → what refusals.WRONG does; everything else is WRONG_FORM."""


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
    """Return the reason code and a German sentence such as "Nachname: höchstens 255 Zeichen" that holds nothing of the
    record.
    """
    details = error.errors(include_url=False, include_input=False)
    reason = str(details[0].get("ctx", {}).get("reason", "INVALID_VALUE"))
    return reason, refused(map(_finding, details))


def _finding(detail: ErrorDetails) -> tuple[str, str, int]:
    context = detail.get("ctx", {})
    wrong = str(context["wrong"]) if detail["type"] == "refused" else _WRONG.get(detail["type"], "WRONG_FORM")
    fields = [part for part in detail["loc"] if isinstance(part, str)]
    return fields[-1] if fields else "", wrong, context.get("max_length", 0)
