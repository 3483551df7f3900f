"""The OpenAPI document as the judge of what comes in: bodies and query parameters.

Only the keywords that the document uses are known. An unknown one stops the start, so that a changed document cannot
be checked more loosely than it is written.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import yaml

DOCUMENT: Final = Path(__file__).parents[2] / "include" / "casavi" / "casavi-v2.openapi.yaml"

Schema = Mapping[str, Any]
Check = Callable[[object, str], None]
"""Takes a value and the place it was found at; raises Mismatch."""

ANNOTATIONS: Final = frozenset({"description", "example", "default", "title"})
TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Mismatch(ValueError):
    """A value that the document does not allow; the text names the place and never the value."""


def parse_time(text: str) -> datetime:
    """Read an ISO 8601 time with an offset; raise ValueError for anything else."""
    if not TIME.fullmatch(text):
        raise ValueError("not a date-time")
    return datetime.fromisoformat(text.upper())


def _parse_day(text: str) -> date:
    if not DAY.fullmatch(text):
        raise ValueError("not a date")
    return date.fromisoformat(text)


FORMATS: Final[Mapping[str, Callable[[str], object] | None]] = {
    "date-time": parse_time,
    "date": _parse_day,
    "password": None,
    "uri": None,
    "binary": None,
}


class ApiDocument:
    """The parsed OpenAPI document, asked by schema name or operation id."""

    def __init__(self, path: Path = DOCUMENT) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._document: Schema = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - both are safe

    def check(self, schema: Schema) -> Check:
        """Compile a schema into a function that raises Mismatch for what the schema does not allow."""
        return _all_of([_KEYWORDS[name](self, schema) for name in self._constraints(schema)], schema)

    def schema(self, name: str) -> Schema:
        """Return the component of that name."""
        found: Schema = self._document["components"]["schemas"][name]
        return found

    def fields(self, name: str) -> dict[str, Schema]:
        """Return the properties of a component, those of its `allOf` parts included."""
        return dict(self._properties(self.schema(name)))

    def form(self, path: str) -> Schema:
        """Return the schema of the form that `POST path` takes."""
        found: Schema = self._document["paths"][path]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
        return found

    def query_parameters(self, path: str) -> dict[str, Schema]:
        """Return name → schema of the query parameters of `GET path`."""
        listed = (self._resolved(entry) for entry in self._document["paths"][path]["get"].get("parameters", ()))
        return {entry["name"]: entry["schema"] for entry in listed if entry["in"] == "query"}

    def _resolved(self, schema: Schema) -> Schema:
        if "$ref" not in schema:
            return schema
        found: Any = self._document
        for part in str(schema["$ref"]).removeprefix("#/").split("/"):
            found = found[part]
        return dict(found)

    def _properties(self, schema: Schema) -> dict[str, Schema]:
        schema = self._resolved(schema)
        own = dict(schema.get("properties", {}))
        for part in schema.get("allOf", ()):
            own |= self._properties(part)
        return own

    def _constraints(self, schema: Schema) -> list[str]:
        names = [name for name in schema if name not in ANNOTATIONS and not name.startswith("x-")]
        unknown = [name for name in names if name not in _KEYWORDS]
        if unknown:
            raise ValueError(f"{DOCUMENT.name}: keyword {unknown[0]!r} is not known here; add it to {__name__}")
        return names


def _all_of(checks: list[Check], schema: Schema) -> Check:
    nullable = bool(schema.get("nullable"))

    def check(value: object, place: str) -> None:
        if value is None and nullable:
            return
        for one in checks:
            one(value, place)

    return check


def _no_constraint(_document: ApiDocument, _schema: Schema) -> Check:
    return lambda _value, _place: None


def _reference(document: ApiDocument, schema: Schema) -> Check:
    return document.check(document._resolved(schema))


def _parts(document: ApiDocument, schema: Schema) -> Check:
    return _all_of([document.check(part) for part in schema["allOf"]], {})


def _type(_document: ApiDocument, schema: Schema) -> Check:
    name = str(schema["type"])
    allowed = TYPES[name]

    def check(value: object, place: str) -> None:
        # bool is an int to Python, but not to JSON
        if not isinstance(value, allowed) or (isinstance(value, bool) and name != "boolean"):
            raise Mismatch(f"{place}: must be of type {name}")

    return check


def _properties(document: ApiDocument, schema: Schema) -> Check:
    checks = {name: document.check(part) for name, part in schema["properties"].items()}

    def check(value: object, place: str) -> None:
        if isinstance(value, dict):
            for name, one in checks.items():
                if name in value:
                    one(value[name], f"{place}.{name}")

    return check


def _required(_document: ApiDocument, schema: Schema) -> Check:
    names = tuple(schema["required"])

    def check(value: object, place: str) -> None:
        for name in names:
            if isinstance(value, dict) and name not in value:
                raise Mismatch(f"{place}.{name}: is missing")

    return check


def _items(document: ApiDocument, schema: Schema) -> Check:
    one = document.check(schema["items"])

    def check(value: object, place: str) -> None:
        if isinstance(value, list):
            for number, item in enumerate(value):
                one(item, f"{place}[{number}]")

    return check


def _enum(_document: ApiDocument, schema: Schema) -> Check:
    allowed = list(schema["enum"])

    def check(value: object, place: str) -> None:
        if value not in allowed:
            raise Mismatch(f"{place}: must be one of {allowed}")

    return check


def _format(_document: ApiDocument, schema: Schema) -> Check:
    name = str(schema["format"])
    parse = FORMATS[name]

    def check(value: object, place: str) -> None:
        try:
            if parse is not None and isinstance(value, str):
                parse(value)
        except ValueError:
            raise Mismatch(f"{place}: must be a {name}") from None

    return check


def _at_least(measure: Callable[[Any], Any], keyword: str) -> Callable[[ApiDocument, Schema], Check]:
    def build(_document: ApiDocument, schema: Schema) -> Check:
        bound = schema[keyword]

        def check(value: object, place: str) -> None:
            if measure(value) < bound:
                raise Mismatch(f"{place}: {keyword} is {bound}")

        return check

    return build


_KEYWORDS: Final[Mapping[str, Callable[[ApiDocument, Schema], Check]]] = {
    "$ref": _reference,
    "allOf": _parts,
    "type": _type,
    "nullable": _no_constraint,
    "properties": _properties,
    "required": _required,
    "items": _items,
    "enum": _enum,
    "format": _format,
    "additionalProperties": _no_constraint,  # the document only ever says `true`
    "minimum": _at_least(lambda value: value, "minimum"),
    "minItems": _at_least(len, "minItems"),
    "minProperties": _at_least(len, "minProperties"),
    "minLength": _at_least(len, "minLength"),
}


def parse_parameter(schema: Schema, text: str) -> object:
    """Turn a query parameter's text into bool, int, UTC time or str; raise Mismatch for a wrong form."""
    if schema["type"] == "boolean" and text in ("true", "false"):
        return text == "true"
    if schema["type"] == "integer" and re.fullmatch(r"\d{1,4000}", text, re.ASCII):
        return int(text)
    try:
        if schema.get("format") == "date-time":
            return parse_time(text)
    except ValueError:
        raise Mismatch("must be a date-time") from None
    if schema["type"] != "string":
        raise Mismatch(f"must be of type {schema['type']}")
    return text


def milliseconds(moment: datetime) -> int:
    """Milliseconds from 1970 (UTC) to a time with an offset."""
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)


def iso_time(moment: int) -> str:
    """Return milliseconds from 1970 (UTC) as the portal writes a time."""
    text = datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
