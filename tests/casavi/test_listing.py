"""Reading whole lists: every page once, and never a part of them taken for all, nor the token to another host."""

import asyncio
import json
from typing import Any

import pytest

from include.casavi import listing
from include.casavi.client import Pace, PortalStopError, open_portal
from include.casavi.endpoints import ENDPOINTS, LISTS
from include.casavi.listing import ListingError, find, list_records
from include.casavi.verdict import Verdict
from include.settings import Limits
from tests.casavi.elsewhere import open_elsewhere
from tests.sandbox import KEY, SECRET, PortalUser, SandboxProcess

CONTACTS = LISTS["contact"]
LIMITS = Limits(requests_per_second=5000, timeout_seconds=5)


@pytest.fixture(autouse=True)
def connection(sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """The portal's connection, and no pauses between attempts."""
    fields = {"conn_type": "http", "host": sandbox.api, "login": KEY, "password": SECRET}
    monkeypatch.setenv("AIRFLOW_CONN_CASAVI_PRODUCTION", json.dumps(fields))

    async def no_rest(_pace: Pace, _seconds: float) -> None:
        pass

    monkeypatch.setattr(Pace, "rest", no_rest)


def listed(**more: Any) -> list[dict[str, Any]]:
    """Return all contacts."""

    async def read() -> list[dict[str, Any]]:
        async with open_portal("casavi_production", LIMITS) as portal:
            return [record async for record in list_records(portal, CONTACTS, **more)]

    return asyncio.run(read())


def ids(**more: Any) -> list[str]:
    return [record["id"] for record in listed(**more)]


def pages(sandbox: SandboxProcess) -> int:
    """How often the list was asked for."""
    return sum(one["path"] == "/contacts" and one["method"] == "GET" for one in sandbox.requests())


def answer(sandbox: SandboxProcess, body: object, **more: object) -> None:
    """Let the portal answer the list with this."""
    sandbox.fault("status", "GET", "/contacts", status=200, body=body, **more)


def next_page(link: object, *records: object) -> dict[str, object]:
    return {"list": [*records], "_links": {"next": link}}


@pytest.mark.parametrize(("page_size", "expected"), [(1, 5), (2, 3), (5, 1), (100, 1)])
@pytest.mark.parametrize("first_page", [0, 1])
def test_every_page_is_read_once(
    sandbox: SandboxProcess, user: PortalUser, page_size: int, expected: int, first_page: int
) -> None:
    sandbox.behave(page_size=page_size, first_page=first_page)
    names = [f"P/{number}" for number in range(5)]
    for name in names:
        user.post("contacts", id=name)
    assert (ids(), pages(sandbox)) == (names, expected)


def test_an_empty_list_is_a_list() -> None:
    assert ids() == []


def test_the_lists_parameters_hold_for_every_page(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.behave(page_size=1)
    for number in range(3):
        user.post("contacts", id=str(number))
    assert ids(query={"modifiedAfter": "2000-01-01T00:00:00.000Z"}) == ["0", "1", "2"]
    assert ids(query={"modifiedAfter": "2999-01-01T00:00:00.000Z"}) == []


@pytest.mark.parametrize("link", ["?page=1", "/v2/contacts?page=1", "contacts?page=1"])
def test_a_link_may_be_relative(sandbox: SandboxProcess, user: PortalUser, link: str) -> None:
    sandbox.behave(page_size=1)
    for name in ("A", "B"):
        user.post("contacts", id=name)
    answer(sandbox, next_page(link, {"id": "A"}))
    assert ids() == ["A", "B"]


@pytest.mark.parametrize(("given", "expected"), [({"id": 7}, "7"), ({"id": None}, ""), ({}, "")])
def test_an_id_is_text_and_none_is_no_id(sandbox: SandboxProcess, given: dict[str, object], expected: str) -> None:
    answer(sandbox, {"list": [given]})
    assert ids() == [expected]


@pytest.mark.parametrize("kind", ["status", "drop", "cut", "html", "invalid_json"])
def test_a_page_that_goes_wrong_is_asked_for_again(sandbox: SandboxProcess, user: PortalUser, kind: str) -> None:
    sandbox.behave(page_size=1)
    for name in ("A", "B"):
        user.post("contacts", id=name)
    sandbox.fault(kind, "GET", "/contacts", skip=1, times=listing.ATTEMPTS - 1)
    assert (ids(), pages(sandbox)) == (["A", "B"], 1 + listing.ATTEMPTS)


@pytest.mark.parametrize("kind", ["status", "cut", "html", "invalid_json"])
@pytest.mark.parametrize("skip", [0, 1])
def test_a_page_that_cannot_be_had_ends_the_list_with_an_error(
    sandbox: SandboxProcess, user: PortalUser, kind: str, skip: int
) -> None:
    sandbox.behave(page_size=1)
    for name in ("A", "B"):
        user.post("contacts", id=name)
    sandbox.fault(kind, "GET", "/contacts", skip=skip, times=None)
    with pytest.raises(ListingError, match=r"^/contacts: a page could not be read \([A-Z_]+\)$"):
        listed()
    assert pages(sandbox) == skip + listing.ATTEMPTS


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_refused_page_is_not_asked_for_again(sandbox: SandboxProcess, status: int) -> None:
    sandbox.fault("status", "GET", "/contacts", status=status, times=None)
    with pytest.raises(ListingError, match=rf"could not be read \({status}\)"):
        listed()
    assert pages(sandbox) == 1


def test_a_longer_pause_than_allowed_is_not_waited_for(sandbox: SandboxProcess) -> None:
    sandbox.fault("status", "GET", "/contacts", status=429, headers={"Retry-After": "3600"}, times=None)
    with pytest.raises(ListingError, match="RATE_LIMITED"):
        listed(longest_pause=60)
    assert pages(sandbox) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"list": None},
        {"list": {"id": "A"}},
        {"list": ["A"]},
        {"list": [None]},
        {"list": [], "_links": {"next": 5}},
        {"list": [], "_links": {"next": "http://[kaputt"}},
        {"list": [], "_links": {"next": "mailto:x@example.org"}},
        {"list": [], "_links": ["?page=1"]},
    ],
)
def test_what_is_no_page_is_an_error_and_no_end_of_the_list(sandbox: SandboxProcess, body: object) -> None:
    answer(sandbox, body, times=None)
    with pytest.raises(ListingError):
        listed()


@pytest.mark.parametrize("link", ["", "?", "/v2/contacts"])
def test_a_page_that_leads_to_itself_is_an_error(sandbox: SandboxProcess, link: str) -> None:
    answer(sandbox, next_page(link or f"{sandbox.api}/contacts", {"id": "A"}), times=None)
    with pytest.raises(ListingError, match="come round again"):
        listed()
    assert pages(sandbox) == 1


def test_pages_that_lead_round_in_a_circle_are_an_error(sandbox: SandboxProcess) -> None:
    for page in (1, 2, 1):
        answer(sandbox, next_page(f"?page={page}"))
    with pytest.raises(ListingError, match="come round again"):
        listed()


def test_pages_without_end_are_an_error(sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_PAGES", 3)
    for page in range(1, 5):
        answer(sandbox, next_page(f"?page={page}"))
    with pytest.raises(ListingError, match="never end"):
        listed()


def test_the_token_goes_to_no_host_that_a_link_names(sandbox: SandboxProcess) -> None:
    with open_elsewhere() as elsewhere:
        for link in (f"{elsewhere.url}/v2/contacts", elsewhere.url.removeprefix("http:") + "/v2/contacts"):
            sandbox.end_faults()
            answer(sandbox, next_page(link, {"id": "A"}))
            with pytest.raises(ListingError, match="another host"):
                listed()
        assert elsewhere.visits == []


def test_the_token_does_not_follow_a_redirect(sandbox: SandboxProcess) -> None:
    with open_elsewhere() as elsewhere:
        sandbox.fault("redirect", "GET", "/contacts", location=f"{elsewhere.url}/v2/contacts", times=None)
        with pytest.raises(PortalStopError, match="redirect"):
            listed()
        assert elsewhere.visits == []


def test_a_revoked_key_stops_the_list(sandbox: SandboxProcess) -> None:
    sandbox.fault("status", "GET", "/contacts", status=403, times=None)
    with pytest.raises(PortalStopError, match="denies this key"):
        listed()


@pytest.mark.rule("R58")
@pytest.mark.parametrize("entry", [None, "C1", 7, ["C1"], {"x": "C1"}])
@pytest.mark.parametrize(("record_type", "name"), [("comment", None), ("attachment", "a.txt")])
def test_a_record_is_found_whatever_lies_beside_it(
    sandbox: SandboxProcess, record_type: str, name: str | None, entry: object
) -> None:
    async def look(external_id: str) -> Verdict:
        async with open_portal("casavi_production", LIMITS) as portal:
            call = ENDPOINTS[record_type].find
            assert call
            return (await find(portal, call, "T1", external_id, name)).verdict

    entries = [entry, {"id": "C1"}, {"id": "C2", "fileName": "b.txt"}]
    for path, body in (("/tickets/T1/comments", {"list": entries}), ("/tickets/T1", {"attachments": entries})):
        sandbox.fault("status", "GET", path, times=None, status=200, body=body)
    assert asyncio.run(look("C1")) is Verdict.DONE
    assert asyncio.run(look("C3")) is Verdict.MISSING


@pytest.mark.parametrize("attachments", [None, "C1", {"id": "C1"}, 7])
def test_where_a_ticket_lists_no_files_none_is_found(sandbox: SandboxProcess, attachments: object) -> None:
    async def look() -> Verdict:
        async with open_portal("casavi_production", LIMITS) as portal:
            call = ENDPOINTS["attachment"].find
            assert call
            return (await find(portal, call, "T1", "C1", "a.txt")).verdict

    sandbox.fault("status", "GET", "/tickets/T1", times=None, status=200, body={"attachments": attachments})
    assert asyncio.run(look()) is Verdict.MISSING
