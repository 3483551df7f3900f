"""Each scripted fault happens on the wire as a client would meet it, with or without the effect."""

import http.client
import json
import socket
import time
from urllib.parse import urlsplit

import pytest

from tests.sandbox import PortalUser, SandboxProcess


def ids(sandbox: SandboxProcess) -> list[str]:
    return [one["id"] for one in sandbox.state("contacts")]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 429, 500, 503])
def test_a_status_is_answered_without_effect(sandbox: SandboxProcess, user: PortalUser, status: int) -> None:
    sandbox.fault("status", status=status)
    assert user.post("contacts", id="P-1").status == status
    assert ids(sandbox) == []
    assert user.post("contacts", id="P-1").status == 201


def test_a_status_after_the_effect(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.fault("status", status=500, when="after")
    assert user.post("contacts", id="P-1").status == 500
    assert ids(sandbox) == ["P-1"]


@pytest.mark.parametrize("text", ["2", "120", "Wed, 21 Oct 2026 07:28:00 GMT", "soon", "-1", ""])
def test_any_retry_after_is_sent_as_it_stands(sandbox: SandboxProcess, user: PortalUser, text: str) -> None:
    sandbox.fault("status", status=429, headers={"Retry-After": text})
    assert user.send("GET", "/contacts").headers["retry-after"] == text


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [({"a": 1}, "application/json", '{"a": 1}'), ("Büro zu", "text/plain; charset=utf-8", "Büro zu")],
)
def test_a_status_with_a_body(
    sandbox: SandboxProcess, user: PortalUser, body: object, content_type: str, text: str
) -> None:
    sandbox.fault("status", status=422, body=body)
    reply = user.send("GET", "/contacts")
    assert (reply.headers["content-type"], reply.text) == (content_type, text)


@pytest.mark.parametrize(("when", "seen"), [("before", []), ("after", ["P-1"])])
def test_a_delay_comes_before_or_after_the_effect(
    sandbox: SandboxProcess, user: PortalUser, when: str, seen: list[str]
) -> None:
    sandbox.fault("delay", method="POST", when=when, seconds=2)
    with raw_connection(sandbox) as connection:
        begin = time.monotonic()
        connection.sendall(raw_post(user, "P-1"))
        time.sleep(0.5)
        assert ids(sandbox) == seen
        assert connection.recv(100).startswith(b"HTTP/1.1 201")
        assert time.monotonic() - begin > 1.9  # clocks of event loops know milliseconds only
    assert ids(sandbox) == ["P-1"]


@pytest.mark.parametrize(("when", "seen"), [("before", []), ("after", ["P-1"])])
def test_a_dropped_connection_answers_nothing(
    sandbox: SandboxProcess, user: PortalUser, when: str, seen: list[str]
) -> None:
    sandbox.fault("drop", method="POST", when=when)
    with raw_connection(sandbox) as connection:
        connection.sendall(raw_post(user, "P-1"))
        assert connection.recv(1) == b""
    assert ids(sandbox) == seen
    assert sandbox.requests()[-1]["status"] is None
    assert "Traceback" not in sandbox.log()


def test_a_cut_body_ends_before_its_length(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.fault("cut", method="POST")
    with raw_connection(sandbox) as connection:
        connection.sendall(raw_post(user, "P-1"))
        head, _, body = everything_from(connection).partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length: ")]
    assert 0 < len(body) < int(lengths[0].removeprefix(b"content-length: "))
    assert ids(sandbox) == ["P-1"]
    sandbox.fault("cut")
    with pytest.raises(http.client.IncompleteRead):
        user.get("contacts", "P-1")


@pytest.mark.parametrize(("when", "seen"), [("before", []), ("after", ["P-1"])])
def test_a_page_instead_of_an_answer(sandbox: SandboxProcess, user: PortalUser, when: str, seen: list[str]) -> None:
    sandbox.fault("html", when=when)
    reply = user.post("contacts", id="P-1")
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert reply.text.startswith("<!doctype html>")
    assert ids(sandbox) == seen


def test_json_that_is_none(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.fault("invalid_json")
    reply = user.post("contacts", id="P-1")
    assert (reply.status, reply.headers["content-type"]) == (201, "application/json")
    with pytest.raises(json.JSONDecodeError):
        json.loads(reply.text)
    assert ids(sandbox) == ["P-1"]


def test_an_answer_about_another_object(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.fault("wrong_id")
    assert user.post("contacts", id="P-1").json["id"] == "P-1-wrong"
    assert ids(sandbox) == ["P-1"]


def test_all_tokens_expire_at_once(sandbox: SandboxProcess, user: PortalUser) -> None:
    other = PortalUser(sandbox)
    sandbox.fault("expire_tokens", method="POST")
    assert user.post("contacts", id="P-1").status == 401
    assert other.post("contacts", id="P-1").status == 401
    assert PortalUser(sandbox).post("contacts", id="P-1").status == 201


def test_a_redirect_to_another_host(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.fault("redirect", location="http://192.0.2.1/v2/contacts")
    reply = user.send("GET", "/contacts")
    assert (reply.status, reply.headers["location"]) == (302, "http://192.0.2.1/v2/contacts")


def test_a_rule_hits_only_what_it_names(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.fault("status", "PUT", "/contacts/a/*", status=500, times=None)
    for external_id in ("a/1", "b/1"):
        user.post("contacts", id=external_id)
    assert user.put("contacts", id="a/1").status == 500
    assert user.put("contacts", id="b/1").status == 200
    assert user.get("contacts", "a/1").status == 200


def test_a_rule_can_name_the_id_in_the_body(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.fault("status", "POST", "/contacts", body_id="P/2", status=503, times=None)
    assert [user.post("contacts", id=f"P/{number}").status for number in (1, 2, 2, 3)] == [201, 503, 503, 201]


def test_a_rule_lets_some_through_and_hits_some(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.fault("status", "GET", "/contacts", status=500, skip=1, times=2)
    assert [user.send("GET", "/contacts").status for _ in range(5)] == [200, 500, 500, 200, 200]
    (rule,) = sandbox.faults()
    assert (rule["seen"], rule["hits"]) == (5, 2)


def test_the_first_rule_that_hits_wins(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.fault("status", status=500)
    sandbox.fault("status", status=503, times=None)
    assert [user.send("GET", "/contacts").status for _ in range(3)] == [500, 503, 503]


def test_faults_end_when_told_so(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.fault("status", times=None)
    assert user.send("GET", "/contacts").status == 503
    sandbox.end_faults()
    assert user.send("GET", "/contacts").status == 200


def test_the_controls_have_no_faults(sandbox: SandboxProcess) -> None:
    sandbox.fault("drop", times=None)
    assert sandbox.send("GET", "/_sandbox/counts").status == 200
    assert sandbox.send("GET", "/").status == 200


def test_a_request_that_was_not_sent_whole_has_no_effect(sandbox: SandboxProcess, user: PortalUser) -> None:
    with raw_connection(sandbox) as connection:
        connection.sendall(raw_post(user, "P-1")[:-1])
    time.sleep(0.1)
    assert ids(sandbox) == []


def raw_connection(sandbox: SandboxProcess) -> socket.socket:
    address = urlsplit(sandbox.url)
    return socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=60)


def raw_post(user: PortalUser, external_id: str) -> bytes:
    """A whole request as it goes over the wire."""
    body = json.dumps({"id": external_id, "lastName": "Beispiel"}) + "\n"  # JSON without its last byte, too
    head = ["POST /v2/contacts HTTP/1.1", "host: sandbox", f"token: {user.token}", "content-type: application/json"]
    return "\r\n".join([*head, f"content-length: {len(body)}", "", body]).encode()


def everything_from(connection: socket.socket) -> bytes:
    received = b""
    while part := connection.recv(65536):
        received += part
    return received
