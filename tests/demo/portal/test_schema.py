"""The OpenAPI document is the judge: schemathesis against the sandbox, and our validator against a known one."""

import re
import subprocess
import sys
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator

from demo.portal.schema import DOCUMENT, ApiDocument, Mismatch, parse_time
from tests.sandbox import PortalUser, SandboxProcess

KINDS = (
    "properties",
    "units",
    "contacts",
    "contracts",
    "documents",
    "document-types",
    "ticket-types",
    "tickets",
    "posts",
)
WRITTEN = (
    "PropertyWrite",
    "UnitWrite",
    "ContactWrite",
    "ContractWrite",
    "ResponsibilityWrite",
    "DocumentUpload",
    "TicketTypeWrite",
    "TicketCreate",
    "TicketPatch",
    "CommentCreate",
    "PostWrite",
    "Credentials",
)


@pytest.fixture
def sandbox() -> Iterator[SandboxProcess]:
    """A sandbox that knows what the document's examples refer to, its key pair included."""
    with SandboxProcess("--key", "example-key", "--secret", "example-secret") as started:
        yield started


def test_every_answer_is_one_the_document_allows(sandbox: SandboxProcess, tmp_path: Path) -> None:
    sandbox.behave(put_archived="not_found", comment_delete="deletes")  # schemathesis holds what was deleted to be gone
    user = PortalUser(sandbox, "example-key", "example-secret")
    fill_with_examples(user)
    sandbox.forget_requests()
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "--config-file",
        str(Path(__file__).parent / "schemathesis.toml"),
    ]
    command += ["run", with_examples(tmp_path), "--url", sandbox.api, "--header", f"token: {user.token}"]
    command += ["--max-examples", "15"]
    command += ["--include-path-regex", f"^/(authenticate|{'|'.join(KINDS)})", "--suppress-health-check", "all"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout[-4000:]
    assert "Tested: 43" in run.stdout
    assert {200, 201, 204, 400, 401, 404, 405, 409, 422} <= {request["status"] for request in sandbox.requests()}
    assert written(sandbox) >= WRITES
    assert "Traceback" not in sandbox.log()


def fill_with_examples(user: PortalUser) -> None:
    """Write what the document's examples refer to."""
    user.post("properties", id="104", name="Musterstr. 14", addresses=[{"street": "Musterstr. 14"}])
    user.post("units", id="104/001", propertyId="104", name="1. OG links")
    user.post("contacts", id="P-7", lastName="Beispiel")
    user.post("contacts", id="C412", lastName="Beispiel")
    user.post("contracts", id="104/001/0007", type="RENTER", unitId="104/001", contactId="P-7")
    user.upload("D-88", unitId="104/001")
    user.post("ticket-types", id="M-1", name="Sonstiges")
    user.post("tickets", id="MEL-2026-15", ticketTypeId="M-1", title="Heizung bleibt kalt", contactId="P-7")
    user.post("posts", id="HM-9", title="Wasser abgestellt", text="", authorId="M-12", propertyIds=["104"])


def with_examples(folder: Path) -> str:
    """The document with what it leaves out: an example of an upload, and what is answered to an id that is taken.

    Made-up uploads never have just one recipient that is there.
    """
    document = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    document["components"]["schemas"]["DocumentUpload"]["example"] = UPLOAD
    for taken in ("/tickets/{ticketId}/comments", "/posts"):
        document["paths"][taken]["post"]["responses"]["409"] = {"$ref": "#/components/responses/Conflict"}
    path = folder / DOCUMENT.name
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return str(path)


WRITES = {
    ("POST", "documents"),
    ("POST", "ticket-types"),
    ("PUT", "ticket-types"),
    ("POST", "tickets"),
    ("PATCH", "tickets"),
    ("POST", "tickets/comments"),
    ("POST", "tickets/attachments"),
    ("POST", "posts"),
    ("PUT", "posts"),
    ("DELETE", "posts"),
}
"""What must have come about at least once, for the answers to be worth checking."""


def written(sandbox: SandboxProcess) -> set[tuple[str, str]]:
    """Method and path without ids of the requests that had an effect."""
    done = [one for one in sandbox.requests() if one["status"] < 300]
    return {
        (one["method"], re.sub(r"^/([a-z-]+)(/.*?)?(/comments|/attachments)?$", r"\1\3", one["path"])) for one in done
    }


RULES = ApiDocument()
DOCUMENTED = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
UPLOAD = {"file": "%PDF", "id": "D-1", "title": "Abrechnung", "unitId": "104/001", "notify": True}
EXAMPLES = {"DocumentUpload": UPLOAD} | {
    name: schema["example"] for name, schema in DOCUMENTED["components"]["schemas"].items() if "example" in schema
}
# "binary" only says that the part is a file
FORMATS = copy(OAS30Validator.FORMAT_CHECKER)
FORMATS.checkers = {name: check for name, check in FORMATS.checkers.items() if name != "binary"}
VALUES: st.SearchStrategy[object] = st.sampled_from(
    [
        None,
        "",
        "x",
        1,
        1.5,
        True,
        [],
        {},
        [{"street": "A"}],
        [{"street": 1}],
        [{}],
        "RENTER",
        "2024-02-30",
        "2024-02-29",
    ]
)


@pytest.mark.parametrize("name", WRITTEN)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
@given(data=st.data())
def test_our_validator_agrees_with_a_known_one(name: str, data: st.DataObject) -> None:
    body = spoilt_example(name, sorted(RULES.fields(name)), data)
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENTED["components"]}
    expected = OAS30Validator(schema, format_checker=FORMATS).is_valid(body)
    assert accepts(name, body) == expected


def spoilt_example(name: str, fields: list[str], data: st.DataObject) -> Any:
    """The document's example with one field set to something else, or left out."""
    field = data.draw(st.sampled_from(fields))
    body = {key: value for key, value in EXAMPLES[name].items() if key != field}
    return body if data.draw(st.booleans()) else body | {field: data.draw(VALUES)}


def accepts(name: str, body: object) -> bool:
    try:
        RULES.check(RULES.schema(name))(body, "body")
    except Mismatch:
        return False
    return True


def test_a_keyword_that_is_not_checked_stops_the_start() -> None:
    with pytest.raises(ValueError) as refusal:
        RULES.check({"type": "string", "maxLength": 3})
    assert "'maxLength' is not known" in str(refusal.value)


@pytest.mark.parametrize("text", ["2026-01-01", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z", "x", "20260101T000000Z"])
def test_a_time_without_zone_or_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_time(text)


def test_a_time_is_read_with_and_without_fraction() -> None:
    assert parse_time("2026-01-01T00:00:00Z") == parse_time("2026-01-01T01:00:00.000+01:00")
