"""Templates of the notes on commissionings: text with placeholders, and nothing else (R43, O22)."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from include.vocabulary.signs import readable

PLACEHOLDERS: Final = frozenset(
    {
        "report.number", "report.subject", "order.number", "order.date", "contractor.name", "contractor.phone",
        "appointment.date", "property.name", "unit.name",
    }
)  # fmt: skip
_NEVER: Final = "\x00"
"""Occurs in no text: templates know no statements and no comments."""
_ENVIRONMENT: Final = SandboxedEnvironment(
    variable_start_string="{",
    variable_end_string="}",
    block_start_string=f"{_NEVER}%",
    block_end_string=f"%{_NEVER}",
    comment_start_string=f"{_NEVER}#",
    comment_end_string=f"#{_NEVER}",
    keep_trailing_newline=True,
    undefined=StrictUndefined,
    autoescape=False,
)


class TemplateError(Exception):
    """A template cannot be used; `reason` is a code of include/vocabulary/reasons.py."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@lru_cache(maxsize=256)
def placeholders(template: str) -> frozenset[str]:
    """Return the placeholders of a template.

    raises: TemplateError if it holds anything but text and PLACEHOLDERS: checked in the parsed template, before
            anything of it is run
    """
    try:
        parsed = _ENVIRONMENT.parse(readable(template))
    except TemplateSyntaxError:
        raise TemplateError("TEMPLATE_BROKEN") from None
    found: set[str] = set()
    for output in parsed.body:
        if not isinstance(output, nodes.Output):
            raise TemplateError("TEMPLATE_BROKEN")
        found |= {_name(part) for part in output.nodes if not isinstance(part, nodes.TemplateData)}
    return frozenset(found)


def rendered(template: str, values: Mapping[str, str]) -> str:
    """Return the text with every placeholder replaced.

    values: placeholder → text; what is missing or empty counts as not known
    raises: TemplateError, so that no half-filled note comes about
    """
    if any(not values.get(name) for name in placeholders(template)):
        raise TemplateError("ORDER_VALUE_MISSING")
    context: dict[str, dict[str, str]] = {}
    for name, value in values.items():
        thing, _, what = name.partition(".")
        context.setdefault(thing, {})[what] = value
    return _compiled(template).render(context)


@lru_cache(maxsize=256)
def _compiled(template: str) -> Template:
    return _ENVIRONMENT.from_string(readable(template))


def _name(part: nodes.Expr) -> str:
    match part:
        case nodes.Getattr(node=nodes.Name(name=thing), attr=what) if f"{thing}.{what}" in PLACEHOLDERS:
            return f"{thing}.{what}"
        case nodes.Getattr(node=nodes.Name()) | nodes.Name():
            raise TemplateError("UNKNOWN_PLACEHOLDER")
    raise TemplateError("TEMPLATE_BROKEN")
