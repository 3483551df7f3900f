"""Answers of the portal, made odd on their way here."""

import json
from typing import Any, Final

import pytest
from yarl import URL

from include.casavi.client import Answer, Portal
from include.casavi.endpoints import Call

GONE: Final = object()
"""Stands for a field that is not there."""


class Distorted:
    """Records, by the ids that the portal gave them, and their fields as they arrive. Use the fixture `distorted`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._fields: dict[str, dict[str, Any]] = {}
        attempt = Portal._attempt

        async def changed(portal: Portal, call: Call, url: URL, *more: Any) -> Answer:
            answer = await attempt(portal, call, url, *more)
            if call.method != "GET" or not answer.content:
                return answer
            return answer._replace(content=json.dumps(self._changed(json.loads(answer.content))).encode())

        monkeypatch.setattr(Portal, "_attempt", changed)

    def __call__(self, record_id: str, **fields: Any) -> None:
        """Let a record arrive with these fields instead of its own; without any it is as it was."""
        self._fields[record_id] = fields

    def _changed(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._changed(one) for one in value]
        if not isinstance(value, dict):
            return value
        odd = self._fields.get(str(value.get("id")), {})
        shown = {name: self._changed(one) for name, one in value.items()} | odd
        return {name: one for name, one in shown.items() if one is not GONE}
