"""Reading multipart/form-data without copying it: a part is a window on the request's body."""

from dataclasses import dataclass
from email.errors import MessageError
from email.message import Message
from email.utils import collapse_rfc2231_value
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

FORM: Final = b"multipart/form-data"


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form; `file_name` is None for a plain value, `media_type` when the part declares none."""

    name: str
    file_name: str | None
    media_type: str | None
    content: bytes | memoryview

    def text(self) -> str:
        """Return the content as text; raise ValueError when it is not UTF-8."""
        return str(self.content, "utf-8")


def is_form(content_type: str) -> bool:
    """Whether a request with this content type carries a form."""
    return parse_options_header(content_type)[0] == FORM


def read_form(content_type: str, body: bytes) -> list[Part]:
    """Return the form's fields in their order; raise ValueError, which never shows contents, for what is none."""
    reader = _Reader(body)
    try:
        parser = reader.parser(parse_options_header(content_type)[1][b"boundary"])
        parser.write(body)
        parser.finalize()
    except (FormParserError, MessageError, KeyError, ValueError):
        raise ValueError("is not a form") from None
    if not reader.is_complete:
        raise ValueError("ends before the form does")
    return reader.parts


class _Reader:
    """What the parser finds on its way through the body."""

    def __init__(self, body: bytes) -> None:
        self.parts: list[Part] = []
        self.is_complete = False
        self._view = memoryview(body)

    def parser(self, boundary: bytes) -> MultipartParser:
        """Return a parser that reports here."""
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._name,
                "on_header_value": self._value,
                "on_header_end": self._header,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._complete,
            },
        )

    def _begin(self) -> None:
        self._headers = Message()
        self._windows: list[memoryview] = []
        self._field = self._text = b""

    def _name(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _value(self, data: bytes, start: int, end: int) -> None:
        self._text += data[start:end]

    def _header(self) -> None:
        self._headers[self._field.decode()] = self._text.decode()
        self._field = self._text = b""

    def _data(self, _data: bytes, start: int, end: int) -> None:
        self._windows.append(self._view[start:end])

    def _end(self) -> None:
        content = self._windows[0] if len(self._windows) == 1 else b"".join(self._windows)
        options = _options(self._headers)
        media_type = self._headers.get_content_type() if "content-type" in self._headers else None
        self.parts.append(Part(options["name"], options.get("filename"), media_type, content))

    def _complete(self) -> None:
        self.is_complete = True


def _options(headers: Message) -> dict[str, str]:
    """Return the parameters of Content-Disposition; `filename*` counts more than the `filename` beside it.

    RFC 7578 forbids `filename*` in forms, which is why python-multipart skips it; clients send it all the same.
    """
    found = headers.get_params([], header="content-disposition")
    plain = {name: text for name, text in found if isinstance(text, str)}
    return plain | {name: collapse_rfc2231_value(text, "strict") for name, text in found if not isinstance(text, str)}
