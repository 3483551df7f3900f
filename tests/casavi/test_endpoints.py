"""The table of the portal's calls is held against the OpenAPI document."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from include.casavi.endpoints import ENDPOINTS, LISTS, SINGLE, Call
from include.casavi.verdict import Expected

DOCUMENT: Final = Path(__file__).parents[2] / "include" / "casavi" / "casavi-v2.openapi.yaml"


def without_names(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


OPERATIONS: Final[dict[tuple[str, str], Any]] = {
    (method.upper(), without_names(path)): operation
    for path, methods in yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))["paths"].items()
    for method, operation in methods.items()
}
CALLS: Final = {
    *(call for endpoint in ENDPOINTS.values() for call in (*endpoint.calls(), endpoint.find) if call),
    *LISTS.values(),
    *SINGLE.values(),
}


@pytest.mark.parametrize("call", sorted(CALLS, key=str), ids=lambda call: f"{call.method} {call.path}")
def test_a_call_is_in_the_document_and_as_sure_there(call: Call) -> None:
    assert OPERATIONS[call.method, without_names(call.path)]["x-evidence"] == call.evidence


def test_what_the_portal_remembers_can_be_listed() -> None:
    with_another = {"responsibility": "property", "attachment": "ticket"}
    assert {with_another.get(one, one) for one in ENDPOINTS} <= set(LISTS)
    assert all(call.answers is Expected.PAGE for call in LISTS.values())
