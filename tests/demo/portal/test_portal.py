"""The sandbox keeps what it is sent, as the OpenAPI document says it."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from urllib.parse import quote, urlsplit

import pytest

from tests.demo.portal.building import build_house, move_in
from tests.sandbox import PortalUser, SandboxProcess

NOWHERE = "1999-01-01T00:00:00.000Z"


def test_every_answer_says_that_it_comes_from_the_sandbox(sandbox: SandboxProcess, user: PortalUser) -> None:
    replies = [user.send("GET", "/properties"), sandbox.send("GET", "/v2/properties"), sandbox.send("GET", "/")]
    replies += [sandbox.send("GET", "/nothing/here"), sandbox.send("GET", "/_sandbox/counts")]
    assert [reply.headers["x-sandbox"] for reply in replies] == ["serviceportal"] * 5


@pytest.mark.parametrize("keys", [{"key": "demo-key", "secret": "x"}, {"key": "ü", "secret": "demo-secret"}])
def test_a_wrong_key_pair_gets_no_token(sandbox: SandboxProcess, keys: dict[str, str]) -> None:
    assert sandbox.send("POST", "/v2/authenticate", keys).status == 401


def test_without_a_known_token_nothing_is_answered(sandbox: SandboxProcess) -> None:
    assert sandbox.send("GET", "/v2/properties").status == 401
    assert sandbox.send("GET", "/v2/properties", headers={"token": "x"}).status == 401
    assert sandbox.send("GET", "/v2/properties", headers={"token": sandbox.login()}).status == 200


@pytest.mark.parametrize(("life", "status"), [(600, 200), (0.01, 401)])
def test_a_token_ends_when_its_life_is_over(sandbox: SandboxProcess, life: float, status: int) -> None:
    sandbox.behave(token_life_seconds=life)
    user = PortalUser(sandbox)
    time.sleep(0.02)
    assert user.send("GET", "/properties").status == status


@pytest.mark.parametrize(("ends", "status"), [(False, 200), (True, 401)])
def test_a_second_login_ends_the_first_when_told_so(sandbox: SandboxProcess, ends: bool, status: int) -> None:
    sandbox.behave(second_login_ends_first=ends)
    first = PortalUser(sandbox)
    second = PortalUser(sandbox)
    assert first.send("GET", "/properties").status == status
    assert second.send("GET", "/properties").status == 200


@pytest.mark.parametrize("external_id", ["104/001", "a|b", "P_7.1-x", "Müller", "100%", "a b", "..", "a?b#c", "%2F"])
def test_any_text_is_an_id(user: PortalUser, external_id: str) -> None:
    assert user.post("contacts", id=external_id, lastName="Beispiel").status == 201
    assert user.put("contacts", id=external_id, lastName="Muster").status == 200
    assert user.get("contacts", external_id).json["lastName"] == "Muster"
    assert user.archive("contacts", external_id).status == 204


def test_a_slash_that_is_not_encoded_is_no_part_of_an_id(user: PortalUser) -> None:
    build_house(user)
    assert user.send("GET", "/units/104/001").status == 404
    assert user.send("GET", "/units/104%2F001").status == 200


def test_a_list_comes_in_pages_that_lead_on(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.behave(page_size=2)
    for number in range(5):
        user.post("contacts", id=f"P-{number}", firstName="Ä&B")
    address, ids, pages = f"/v2/contacts?modifiedAfter={quote(NOWHERE)}", [], 0
    while address:
        page = sandbox.send("GET", address, headers={"token": user.token}).json
        following = page["_links"]["next"]
        assert following is None or (following.startswith(sandbox.api) and "modifiedAfter" in following)
        address = following.removeprefix(sandbox.url) if following else ""
        ids += [contact["id"] for contact in page["list"]]
        pages += 1
    assert (ids, pages) == ([f"P-{number}" for number in range(5)], 3)


@pytest.mark.parametrize(("first_page", "ids"), [(0, ["B"]), (1, ["A"])])
def test_pages_count_from_zero_or_one(
    sandbox: SandboxProcess, user: PortalUser, first_page: int, ids: list[str]
) -> None:
    sandbox.behave(page_size=1, first_page=first_page)
    user.post("contacts", id="A")
    user.post("contacts", id="B")
    assert [contact["id"] for contact in user.listed("contacts", "?page=1")] == ids
    assert [contact["id"] for contact in user.listed("contacts")] == ["A"]


def test_only_what_was_modified_since_is_listed(user: PortalUser) -> None:
    user.post("contacts", id="old")
    user.post("contacts", id="changed")
    time.sleep(0.01)
    between = time.time()
    time.sleep(0.01)
    user.post("contacts", id="new")
    user.put("contacts", id="changed")
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(between)) + f".{int(between * 1000) % 1000:03}Z"
    assert [contact["id"] for contact in user.listed("contacts", f"?modifiedAfter={text}")] == ["changed", "new"]


@pytest.mark.parametrize(("answer", "listed"), [("inclusive", 1), ("exclusive", 0)])
def test_modified_after_counts_the_very_moment_or_not(
    sandbox: SandboxProcess, user: PortalUser, answer: str, listed: int
) -> None:
    sandbox.behave(modified_after=answer)
    user.post("contacts", id="P-1")
    moment = sandbox.state("contacts")[0]["modifiedAt"]
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment / 1000)) + f".{moment % 1000:03}Z"
    assert len(user.listed("contacts", f"?modifiedAfter={text}")) == listed


def test_contacts_are_filtered_by_account_and_role(sandbox: SandboxProcess, user: PortalUser) -> None:
    build_house(user)
    move_in(user, "tenant", "104/001")
    user.post("contacts", id="caretaker")
    sandbox.edit("contacts", "tenant", isRegistered=True, isInvited=True)
    for query in ("isRegistered=true", "isInvited=true", "role=RENTER"):
        assert [contact["id"] for contact in user.listed("contacts", f"?{query}")] == ["tenant"]
    for query in ("isRegistered=false", "isInvited=false"):
        assert [contact["id"] for contact in user.listed("contacts", f"?{query}")] == ["caretaker"]
    assert user.listed("contacts", "?role=OWNER") == []


@pytest.mark.parametrize(("query", "contracts"), [("", 0), ("?includeInactiveContracts=true", 1)])
def test_a_unit_shows_ended_contracts_only_when_asked(user: PortalUser, query: str, contracts: int) -> None:
    build_house(user)
    move_in(user, "P-1", "104/001", end="2024-12-31")
    assert len(user.listed("units", query)[0]["contracts"]) == contracts


@pytest.mark.parametrize(
    "query", ["page=-1", "page=x", "modifiedAfter=gestern", "isInvited=ja", "color=red", "page=1&page=2"]
)
def test_a_query_that_the_document_does_not_know_is_refused(user: PortalUser, query: str) -> None:
    assert user.send("GET", f"/contacts?{query}").status == 400


def test_a_contact_shows_its_contracts_and_a_property_its_units(user: PortalUser) -> None:
    build_house(user)
    move_in(user, "P-1", "104/001")
    assert user.get("contacts", "P-1").json["contracts"][0]["propertyId"] == "104"
    addresses = [{"street": "Am Ring 1", "units": ["104/001"]}, {"street": "Am Ring 3", "units": ["104/002"]}]
    assert user.get("properties", "104").json["addresses"] == addresses


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("units", {"id": "U", "propertyId": "999", "name": "?"}),
        ("units", {"id": "U", "propertyId": "104", "name": "?", "address": "Am Ring 2"}),
        ("contracts", {"id": "V", "type": "OWNER", "unitId": "999", "contactId": "P-1"}),
        ("contracts", {"id": "V", "type": "OWNER", "unitId": "104/001", "contactId": "999"}),
        ("contracts", {"id": "V", "type": "OWNER", "unitId": "104/001", "contactId": "P-1", "propertyId": "105"}),
        ("contacts", {"id": ""}),
    ],
)
def test_what_refers_to_nothing_is_unprocessable(user: PortalUser, kind: str, body: dict[str, object]) -> None:
    build_house(user)
    user.post("properties", id="105", name="Nebenan")
    user.post("contacts", id="P-1")
    assert user.post(kind, **body).status == 422


def test_an_archived_parent_counts_as_nothing(user: PortalUser) -> None:
    build_house(user)
    user.archive("properties", "104")
    assert user.post("units", id="U", propertyId="104", name="?").status == 422


def test_the_id_in_the_body_must_be_the_one_in_the_path(user: PortalUser) -> None:
    user.post("contacts", id="P-1")
    assert user.send("PUT", "/contacts/P-1", {"id": "P-2"}).status == 422


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 99_999,
        b'{"id": 1}',
        b'{"id": "\xff"}',
        b'{"id": "\\ud800"}',
        b'{"id": "x", "email": 5}',
        b'{"id": "x", "portalUser": "true"}',
        b'{"id": "x", "customFields": {"a": NaN}}',
    ],
)
def test_a_body_that_breaks_the_schema_is_refused(user: PortalUser, raw: bytes) -> None:
    assert user.send("POST", "/contacts", raw).status == 400


def test_a_form_is_no_json(user: PortalUser) -> None:
    assert user.send("POST", "/contacts", b'{"id": "x"}', **{"content-type": "text/plain"}).status == 400


def test_a_refused_write_leaves_no_trace(sandbox: SandboxProcess, user: PortalUser) -> None:
    user.post("contacts", id="P-1", email=5)
    assert sandbox.state("contacts") == []


def test_archiving_hides_and_keeps(sandbox: SandboxProcess, user: PortalUser) -> None:
    user.post("contacts", id="P-1", lastName="Beispiel")
    sandbox.edit("contacts", "P-1", isRegistered=True)
    assert user.archive("contacts", "P-1").status == 204
    assert user.archive("contacts", "P-1").status == 404
    assert user.get("contacts", "P-1").status == 404
    assert user.listed("contacts") == []
    (kept,) = sandbox.state("contacts")
    assert (kept["archived"], kept["fields"]["isRegistered"], kept["sent"]["lastName"]) == (True, False, "Beispiel")


def test_taking_the_portal_away_ends_the_account(sandbox: SandboxProcess, user: PortalUser) -> None:
    user.post("contacts", id="P-1")
    sandbox.edit("contacts", "P-1", isRegistered=True)
    assert user.put("contacts", id="P-1", portalUser=False).json["isRegistered"] is False


def test_responsibilities_replace_the_external_ones_only(sandbox: SandboxProcess, user: PortalUser) -> None:
    build_house(user)
    user.post("contacts", id="H-1", firstName="Erika", lastName="Beispiel")
    clerk = {"contactId": "M", "contactInternalId": 9, "contactName": "M", "roleName": "Büro", "roleType": "internal"}
    sandbox.edit("properties", "104", responsibilities=[clerk])
    path = "/properties/104/responsibilities"
    for _ in range(2):
        entries = user.send("PUT", path, [{"contactId": "H-1", "roleName": "Hausmeister"}]).json
    assert [(one["contactName"], one["roleType"]) for one in entries] == [
        ("M", "internal"),
        ("Erika Beispiel", "external"),
    ]
    user.put("properties", id="104", name="Am Ring")
    assert user.get("properties", "104").json["responsibilities"] == entries
    assert user.send("PUT", path, [{"contactId": "999", "roleName": "Hausmeister"}]).status == 422


def test_the_state_survives_a_crash(tmp_path_factory: pytest.TempPathFactory) -> None:
    with SandboxProcess(database=tmp_path_factory.mktemp("sandbox") / "deep" / "state.db") as sandbox:
        user = PortalUser(sandbox)
        user.post("contacts", id="P-1")
        sandbox.kill()
        sandbox.start()
        assert user.get("contacts", "P-1").status == 200


def test_the_log_knows_what_was_asked_and_how_much_at_once(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.forget_requests()
    sandbox.fault("delay", seconds=0.3, times=None)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda number: user.post("contacts", id=f"P/{number}"), range(3)))
    user.get("contacts", "P/1")
    assert sandbox.max_in_flight() == 3
    *posts, read = sandbox.requests()
    assert sorted(post["body_id"] for post in posts) == ["P/0", "P/1", "P/2"]
    assert {(post["method"], post["path"], post["status"]) for post in posts} == {("POST", "/contacts", 201)}
    assert (read["method"], read["path"], read["status"]) == ("GET", "/contacts/P/1", 200)
    assert read["seconds"] >= 0.29


def test_reset_forgets_everything(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.behave(post_existing="update")
    sandbox.fault("status")
    sandbox.reset()
    assert user.send("GET", "/contacts").status == 401
    assert sandbox.faults() == []
    assert sandbox.counts()["contacts"] == {"live": 0, "archived": 0, "duplicates": 0}
    assert len(sandbox.requests()) == 1
    assert sandbox.send("GET", "/_sandbox/behaviour").json["post_existing"] == "conflict"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "behaviour", {"post_existing": "explode"}),
        ("PUT", "behaviour", {"color": "red"}),
        ("POST", "faults", {"action": {"kind": "explode"}}),
        ("POST", "faults", {"action": {"kind": "drop"}, "tims": 3}),
        ("GET", "state/cars", None),
        ("PATCH", "state/contacts", {"id": "999", "fields": {}}),
    ],
)
def test_a_slip_in_a_script_is_refused(sandbox: SandboxProcess, method: str, path: str, body: object) -> None:
    assert sandbox.send(method, f"/_sandbox/{path}", body).status in (404, 422)


def test_one_connection_serves_many_writes_quickly(sandbox: SandboxProcess, user: PortalUser) -> None:
    user.post("contacts", id="P-1")
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=60)
    headers = {"token": user.token, "content-type": "application/json"}
    seconds = []
    for number in range(300):
        begin = time.monotonic()
        connection.request("PUT", "/v2/contacts/P-1", json.dumps({"id": "P-1", "lastName": str(number)}), headers)
        assert connection.getresponse().read()
        seconds.append(time.monotonic() - begin)
    connection.close()
    assert median(seconds) < 0.03  # an answer in two packets would take 0.04: the second waits for the first to be seen
