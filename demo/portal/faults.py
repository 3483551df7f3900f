"""Scripted misbehaviour: which request is hit, and what happens to it."""

import fnmatch
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Kind(StrEnum):
    """What can happen to a request."""

    STATUS = "status"
    DELAY = "delay"
    DROP = "drop"
    CUT = "cut"
    HTML = "html"
    INVALID_JSON = "invalid_json"
    WRONG_ID = "wrong_id"
    EXPIRE_TOKENS = "expire_tokens"
    REDIRECT = "redirect"


class When(StrEnum):
    """Before the request has changed anything, or after."""

    BEFORE = "before"
    AFTER = "after"


SPOILS_A_REAL_ANSWER = frozenset({Kind.CUT, Kind.INVALID_JSON, Kind.WRONG_ID})


class Action(BaseModel):
    """One misbehaviour; fields that its kind does not use are ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    when: When = When.BEFORE
    status: int = Field(default=503, ge=200, le=599)
    headers: dict[str, str] = {}
    body: Any = None
    seconds: float = Field(default=0, ge=0, le=3600)
    location: str = "https://elsewhere.example/"

    @property
    def has_effect(self) -> bool:
        """Whether the portal does what the request asks for."""
        always = {Kind.DELAY, Kind.EXPIRE_TOKENS} | SPOILS_A_REAL_ANSWER
        return self.kind in always or self.when is When.AFTER


class Rule(BaseModel):
    """Hits requests of this method (`*`: any), path and body id; path is a shell pattern on the decoded path below /v2.

    The first `skip` matching requests go through, the next `times` (null: all) are hit.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    method: str = "*"
    path: str = "*"
    body_id: str | None = None
    skip: int = Field(default=0, ge=0)
    times: int | None = Field(default=1, ge=1)
    action: Action

    def matches(self, method: str, path: str, body_id: str | None) -> bool:
        """Whether the rule is about this request, whatever its counters say."""
        return (
            self.method.upper() in ("*", method)
            and self.body_id in (None, body_id)
            and fnmatch.fnmatchcase(path, self.path)
        )


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


Rules = Annotated[list[Rule], BeforeValidator(_as_list)]
"""One rule, or a list of them."""


class FaultBook:
    """The rules in force with their counters; in memory, so a restart ends all faults."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._seen: list[int] = []

    def add(self, rules: Sequence[Rule]) -> None:
        """Put rules behind those in force; the first that hits a request wins."""
        self._rules += rules
        self._seen += [0] * len(rules)

    def clear(self) -> None:
        """End all faults."""
        self._rules, self._seen = [], []

    def hit(self, method: str, path: str, body_id: str | None) -> Action | None:
        """Count the request and return what happens to it, or None when nothing does."""
        for number, rule in enumerate(self._rules):
            if not rule.matches(method, path, body_id):
                continue
            self._seen[number] += 1
            if self._hits(number, rule) > 0 and not self._is_spent(number, rule):
                return rule.action
        return None

    def listing(self) -> list[dict[str, Any]]:
        """Return the rules with `seen` (matching requests) and `hits` (those that were spoilt)."""
        return [
            rule.model_dump(mode="json") | {"seen": self._seen[number], "hits": self._hits(number, rule, cap=True)}
            for number, rule in enumerate(self._rules)
        ]

    def _hits(self, number: int, rule: Rule, *, cap: bool = False) -> int:
        hits = max(0, self._seen[number] - rule.skip)
        return min(hits, rule.times) if cap and rule.times is not None else hits

    def _is_spent(self, number: int, rule: Rule) -> bool:
        return rule.times is not None and self._seen[number] - rule.skip > rule.times
