"""Whole answers, held back to be spoilt as a fault's action says."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from demo.portal.faults import Action, Kind


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response, ready to be spoilt; `cut` sends half of the body and closes."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    cut: bool = False

    def with_body(self, body: bytes, content_type: bytes | None = None) -> "Answer":
        """Return the answer with another body and fitting headers."""
        replaced = {b"content-length"} | ({b"content-type"} if content_type else set())
        headers = [pair for pair in self.headers if pair[0] not in replaced]
        headers.append((b"content-length", b"%d" % len(body)))
        if content_type:
            headers.append((b"content-type", content_type))
        return replace(self, headers=headers, body=body)


def spoilt(action: Action, answer: Answer) -> Answer | None:
    """Return the answer that goes out, None for none at all."""
    if action.kind is Kind.DROP:
        return None
    if action.kind in _INSTEAD:
        return _INSTEAD[action.kind](action)
    if action.kind in _DAMAGE and answer.body:
        return _DAMAGE[action.kind](answer)
    return answer


def _scripted(action: Action) -> Answer:
    body = {"message": "scripted fault"} if action.body is None else action.body
    headers = [(name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in action.headers.items()]
    empty = Answer(action.status, headers, b"")
    if isinstance(body, str):
        return empty.with_body(body.encode(), b"text/plain; charset=utf-8")
    return empty.with_body(json.dumps(body).encode(), b"application/json")


def _redirect(action: Action) -> Answer:
    return Answer(302, [(b"location", action.location.encode())], b"").with_body(b"")


def _maintenance_page(_action: Action) -> Answer:
    page = b"<!doctype html><title>Wartung</title><p>Wir sind gleich wieder da."
    return Answer(200, [], b"").with_body(page, b"text/html; charset=utf-8")


def _cut(answer: Answer) -> Answer:
    return replace(answer, cut=True)


def _no_json(answer: Answer) -> Answer:
    return answer.with_body(answer.body[:-1] + b",")


def _wrong_id(answer: Answer) -> Answer:
    content = json.loads(answer.body)
    if not isinstance(content, dict):
        return answer
    return answer.with_body(json.dumps(content | {"id": f"{content.get('id')}-wrong"}).encode())


_INSTEAD: Final[Mapping[Kind, Callable[[Action], Answer]]] = {
    Kind.STATUS: _scripted,
    Kind.REDIRECT: _redirect,
    Kind.HTML: _maintenance_page,
}
_DAMAGE: Final[Mapping[Kind, Callable[[Answer], Answer]]] = {
    Kind.CUT: _cut,
    Kind.INVALID_JSON: _no_json,
    Kind.WRONG_ID: _wrong_id,
}
