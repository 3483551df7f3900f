"""The table of the portal's calls is held against the OpenAPI document."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from include.casavi.endpoints import ENDPOINTS, FILE, LISTS, SINGLE, Call, is_of_file
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
    FILE,
}


@pytest.mark.parametrize("call", sorted(CALLS, key=str), ids=lambda call: f"{call.method} {call.path}")
def test_a_call_is_in_the_document_and_as_sure_there(call: Call) -> None:
    assert OPERATIONS[call.method, without_names(call.path)]["x-evidence"] == call.evidence


def test_what_the_portal_remembers_can_be_listed() -> None:
    with_another = {"responsibility": "property", "attachment": "ticket"}
    assert {with_another.get(one, one) for one in ENDPOINTS} <= set(LISTS)
    assert all(call.answers is Expected.PAGE for call in LISTS.values())


@pytest.mark.rule("O26")
@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("/attachments/A-1", True),
        ("/attachments/%C3%BC%20b", True),
        ("/attachments/", False),
        ("/attachments", False),
        ("/contacts", False),
        ("/attachments/A-1/owner", False),
        ("/attachments/..", False),
        ("/attachments/%2e%2e%2fcontacts", False),
        ("/attachments/%252e%252e%252fcontacts", False),
        ("/attachments/a%5C..%5Cb", False),
        ("/x/attachments/A-1", False),
    ],
)
def test_only_the_addresses_of_files_are_taken_for_such(path: str, is_one: bool) -> None:
    assert is_of_file(path) is is_one


def test_who_is_refused_one_record_is_not_refused_the_others() -> None:
    assert not LISTS["comment"].is_of_all
    assert not SINGLE["ticket"].is_of_all
    assert LISTS["ticket"].is_of_all
