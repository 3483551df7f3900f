"""The portal beyond a proxy and with a certificate of the house's own CA: calls, downloads, and what goes wrong."""

import asyncio
import contextlib
import io
import logging
import socket
import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvloop

from include.casavi.answers import read
from include.casavi.client import Answer, Portal, PortalStopError, open_portal
from include.casavi.endpoints import LISTS, SINGLE
from include.casavi.verdict import Verdict
from include.lookup.checkup import check_portal
from include.settings import Limits, load_settings
from include.vocabulary.sentences import in_language
from tests.network.conftest import Connect
from tests.network.house import HOST, LOGIN, House, built, guarded
from tests.network.proxy import PASSWORD
from tests.sandbox import SECRET, PortalUser

LIMITS = Limits(requests_per_second=5000, timeout_seconds=5)
KINDS = LISTS["document_type"]
LOOPS = pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
Loop = Callable[[], asyncio.AbstractEventLoop]


def visit(loop: Loop = asyncio.new_event_loop) -> Answer:
    """Log in and read a list."""

    async def call() -> Answer:
        async with open_portal("casavi_production", LIMITS) as portal:
            return await portal.call(KINDS, "")

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(call())


def stop(loop: Loop = asyncio.new_event_loop, attempts: int = 1) -> str:
    """The sentence with which the first call ends the session, which is there in German too and tells no secret."""
    with pytest.raises(PortalStopError) as stopped:
        [visit(loop) for _ in range(attempts)]
    said = str(stopped.value)
    connection, _, why = said.partition(": ")
    assert connection == "Airflow connection casavi_production"
    assert in_language(said, "de").startswith("Airflow-Verbindung casavi_production: ")
    assert not [secret for secret in (SECRET, PASSWORD, LOGIN, "127.0.0.1") if secret in said]
    return why


def targets(house: House) -> set[tuple[str, bool]]:
    return set(house.proxy.asked)


@LOOPS
@pytest.mark.parametrize("key", ["https", "all", f"https://{HOST}"])
def test_calls_take_the_proxy_of_the_connection(house: House, connect: Connect, loop: Loop, key: str) -> None:
    connect("casavi_production", house.portal(proxies={key: house.way()}, verify=house.ca))
    assert visit(loop).verdict is Verdict.DONE
    assert targets(house) == {(f"{HOST}:{house.port}", True)}


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("prefix", ["http://", ""])
def test_calls_take_the_proxy_of_the_environment(
    house: House, connect: Connect, monkeypatch: pytest.MonkeyPatch, name: str, prefix: str
) -> None:
    connect("casavi_production", house.portal(verify=house.ca))
    monkeypatch.setenv(name, prefix + house.way().removeprefix("http://"))
    assert visit().verdict is Verdict.DONE
    assert targets(house) == {(f"{HOST}:{house.port}", True)}


@pytest.mark.parametrize(
    ("environment", "extra"),
    [
        ({"NO_PROXY": HOST}, {}),
        ({"no_proxy": "other.example, .test"}, {}),
        ({"NO_PROXY": "*"}, {}),
        ({}, {"trust_env": False}),
        ({}, {"proxies": {"https": ""}}),
    ],
)
def test_what_is_excepted_takes_no_proxy(
    house: House,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    extra: dict[str, Any],
) -> None:
    resolve = socket.getaddrinfo

    def here(host: str, *more: Any, **options: Any) -> Any:
        return resolve("127.0.0.1" if host == HOST else host, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", here)
    connect("casavi_production", house.portal(verify=house.ca, **extra))
    for name, value in {"HTTPS_PROXY": house.way(), **environment}.items():
        monkeypatch.setenv(name, value)
    assert visit().verdict is Verdict.DONE
    assert targets(house) == set()


def test_the_proxy_of_the_connection_goes_before_all_that_the_environment_says(
    house: House, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect("casavi_production", house.portal(proxies={"https": house.way()}, verify=house.ca))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "*")
    assert visit().verdict is Verdict.DONE
    assert targets(house) == {(f"{HOST}:{house.port}", True)}


def test_the_machine_itself_takes_no_proxy_as_key_and_secret_are_unencrypted_there(
    house: House, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect("casavi_production", {**house.portal(proxies=house.way()), "host": house.sandbox.api})
    monkeypatch.setenv("HTTP_PROXY", house.way())
    assert visit().verdict is Verdict.DONE
    assert house.proxy.asked == []


def test_files_of_tenants_come_the_same_way(house: House, connect: Connect) -> None:
    user = PortalUser(house.sandbox)
    user.post("contacts", id="P-1", lastName="Muster")
    user.post("ticket-types", id="M", name="Heizung defekt")
    filed = house.sandbox.tenant_files("P-1", "M", "Kalt", file=("kalt.jpg", "image/jpeg", b"JPEG"))
    connect("casavi_production", house.portal(proxies={"https": house.way()}, verify=house.ca))

    async def fetch(portal: Portal) -> tuple[Answer, bytes]:
        ticket = read((await portal.call(SINGLE["ticket"], str(filed["id"]))).content)
        file = io.BytesIO()
        return await portal.fetch(ticket["attachments"][0]["url"], 100, file), file.getvalue()

    async def opened() -> tuple[Answer, bytes]:
        async with open_portal("casavi_production", LIMITS) as portal:
            return await fetch(portal)

    answer, content = asyncio.run(opened())
    assert (answer.verdict, content) == (Verdict.DONE, b"JPEG")
    assert targets(house) == {(f"{HOST}:{house.port}", True)}


def test_a_certificate_that_turns_bad_stops_a_download_too(house: House, connect: Connect, tmp_path: Path) -> None:
    connect("casavi_production", house.portal(proxies={"https": house.way()}))

    async def fetch() -> None:
        async with open_portal("casavi_production", LIMITS) as portal:
            portal._token = "from before"
            await portal.fetch(f"https://{HOST}:{house.port}/v2/attachments/1", 100, io.BytesIO())

    with pytest.raises(PortalStopError, match="nobody vouches for"):
        asyncio.run(fetch())


@LOOPS
@pytest.mark.parametrize("login", ["haus:wrong@", "other@", ""])
def test_a_proxy_that_wants_another_login_is_told_in_a_sentence(
    house: House, connect: Connect, loop: Loop, login: str
) -> None:
    proxy = house.way().replace(f"{LOGIN}@", login)
    connect("casavi_production", house.portal(proxies={"https": proxy}, verify=house.ca))
    assert stop(loop) == (
        "the proxy takes nothing without user and password, or not these (status 407); write them into its address, in "
        "proxies of the extra or in HTTPS_PROXY"
    )
    assert targets(house) == {(f"{HOST}:{house.port}", False)}


def test_a_proxy_that_forbids_the_host_is_told_in_a_sentence(house: House, connect: Connect) -> None:
    house.proxy.refuses_with = 403
    connect("casavi_production", house.portal(proxies={"https": house.way()}, verify=house.ca))
    assert stop() == "the proxy lets nothing through to this host (status 403); have it allowed there"


@pytest.mark.parametrize("status", [502, 503])
def test_a_proxy_that_is_disturbed_may_do_better_later(house: House, connect: Connect, status: int) -> None:
    house.proxy.refuses_with = status
    connect("casavi_production", house.portal(proxies={"https": house.way()}, verify=house.ca))
    assert visit()[:4] == (Verdict.FAULT, None, None, "NO_CONNECTION")


def test_a_proxy_that_is_not_there_may_come_back(house: House, connect: Connect) -> None:
    connect("casavi_production", house.portal(proxies={"https": "http://127.0.0.1:9"}, verify=house.ca))
    assert visit()[:4] == (Verdict.FAULT, None, None, "NO_CONNECTION")


@LOOPS
def test_a_ca_that_nobody_named_is_told_in_a_sentence_at_the_first_call(
    house: House, connect: Connect, loop: Loop
) -> None:
    connect("casavi_production", house.portal(proxies={"https": house.way()}))
    assert stop(loop) == (
        "the server shows a certificate that nobody vouches for who is trusted here; if it is of your own CA, write "
        "the path of the CA's certificate (PEM) as verify into the extra"
    )
    assert len(house.proxy.asked) == 1


def test_the_check_of_the_connections_says_the_sentence_in_both_languages(house: House, connect: Connect) -> None:
    connect("casavi_production", house.portal(proxies={"https": house.way()}))
    found = check_portal(load_settings("production"))
    assert (found.side, found.code) == ("portal", "WAY")
    assert found.said
    assert found.said.english.startswith("Airflow connection casavi_production: the server shows a certificate that")
    assert found.said.german.startswith(
        "Airflow-Verbindung casavi_production: der Server zeigt ein Zertifikat, für das"
    )


@LOOPS
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"name": "other.test"},
            "the server shows a certificate for another name; write as host the name that it is for",
        ),
        ({"lasts": timedelta(days=-1)}, "the server's certificate is not valid now; have it renewed"),
    ],
)
def test_a_certificate_that_does_not_fit_is_told_in_a_sentence(
    tmp_path: Path, connect: Connect, loop: Loop, given: dict[str, Any], said: str
) -> None:
    with built(tmp_path, **given) as house:
        connect("casavi_production", house.portal(proxies={"https": house.way()}, verify=house.ca))
        assert stop(loop).startswith(said)


@LOOPS
def test_a_portal_that_asks_for_a_certificate_is_shown_that_of_the_connection(
    tmp_path: Path, connect: Connect, loop: Loop
) -> None:
    with built(tmp_path, demands_certificate=True) as house:
        extra: dict[str, Any] = {"proxies": {"https": house.way()}, "verify": house.ca}
        connect("casavi_production", house.portal(**extra))
        with contextlib.suppress(PortalStopError):
            assert visit(loop).verdict is Verdict.FAULT
        connect("casavi_production", house.portal(cert=house.certificate, **extra))
        assert visit(loop).verdict is Verdict.DONE


@LOOPS
@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("has_other", [False, True])
def test_a_portal_that_takes_no_other_certificate_is_told_in_a_sentence(
    house: House, connect: Connect, loop: Loop, newest: ssl.TLSVersion, has_other: bool
) -> None:
    extra: dict[str, Any] = {"cert": house.certificate} if has_other else {}
    connect("casavi_production", house.portal(proxies={"https": house.way()}, verify=house.ca, **extra))
    # With TLS 1.3 the caller is told when he has begun to speak; he may first notice that nobody listens.
    attempts = 1 if newest is ssl.TLSVersion.TLSv1_2 else 50
    with guarded(house, newest):
        assert stop(loop, attempts) == (
            "the server asks for a certificate and takes none, or not the one it is shown; write the paths of "
            "certificate and key (PEM) as cert into the extra"
        )


def test_a_server_that_speaks_no_tls_is_told_in_a_sentence(house: House, connect: Connect) -> None:
    connect("casavi_production", {**house.portal(), "host": house.sandbox.api.replace("http:", "https:")})
    assert stop().startswith("no encrypted connection comes about (")


def test_the_machine_itself_may_show_any_certificate_where_the_connection_says_so(
    house: House, connect: Connect
) -> None:
    connect("casavi_production", house.portal(host="127.0.0.1"))
    assert stop().startswith("the server shows a certificate")
    connect("casavi_production", house.portal(host="127.0.0.1", verify=False))
    assert visit().verdict is Verdict.DONE


def test_passwords_and_keys_stay_out_of_the_log_whatever_happens(
    house: House, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for verify in (house.ca, True):
        connect(
            "casavi_production", house.portal(proxies={"https": house.way()}, verify=verify, cert=house.certificate)
        )
        (visit if verify != True else stop)()  # noqa: E712 - a path is true as well
    house.proxy.refuses_with = 403
    stop()
    assert not [secret for secret in (SECRET, PASSWORD, LOGIN, "interface.key") if secret in caplog.text]
