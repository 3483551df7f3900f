"""What an extra may say of the way out, and the sentence for each mistake; no value is ever quoted."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest
import trustme
from yarl import URL

from include.casavi.connections import check_portal_connection
from include.lookup.checkup import check_portal
from include.network.way import way_of
from include.settings import ConfigurationError, load_settings
from include.vocabulary.sentences import in_language
from tests.network.conftest import Connect

PORTAL = URL("https://portal.example/v2")
SECRET = "s3cret"
FORM = "proxies in its extra are of no form that is known; "
ADDRESS = "its proxy, from proxies in the extra or from HTTPS_PROXY, is no address; "
UNREADABLE = "{} in its extra leads to no file that can be read; "
NO_CERTIFICATE = "verify in its extra leads to a file without a certificate; "
NO_PAIR = "cert in its extra leads to no certificate and its key; "


@pytest.fixture(autouse=True)
def without_proxies(connect: Connect) -> None:
    """The environment names none."""


@pytest.fixture
def pems(tmp_path: Path) -> dict[str, str]:
    """Files by what they hold."""
    authority = trustme.CA()
    ours, theirs = authority.issue_cert("interface@house.test"), authority.issue_cert("other@house.test")
    contents = {
        "ca": authority.cert_pem.bytes(),
        "certificate": ours.cert_chain_pems[0].bytes(),
        "key": ours.private_key_pem.bytes(),
        "other_key": theirs.private_key_pem.bytes(),
        "both": ours.private_key_and_cert_chain_pem.bytes(),
        "text": b"no PEM",
        "empty": b"",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    protect = ["openssl", "pkey", "-aes256", "-passout", f"pass:{SECRET}", "-in", str(tmp_path / "key")]
    subprocess.run([*protect, "-out", str(tmp_path / "protected_key")], check=True, stdin=subprocess.DEVNULL)
    return {name: str(tmp_path / name) for name in [*contents, "protected_key", "absent"]} | {"folder": str(tmp_path)}


def refusal(extra: Mapping[str, object]) -> str:
    with pytest.raises(ConfigurationError) as refused:
        way_of("casavi_production", PORTAL, extra)
    said = str(refused.value)
    assert SECRET not in said
    assert "/tmp" not in said
    german = in_language(said, "de")
    assert german.startswith("Airflow-Verbindung casavi_production: ")
    assert in_language(german, "en") == said
    return said.removeprefix("Airflow connection casavi_production: ")


def test_without_an_extra_all_is_as_aiohttp_has_it() -> None:
    assert way_of("x", PORTAL, {}).to(PORTAL) == {"proxy": None, "proxy_headers": None, "ssl": True}


@pytest.mark.parametrize(
    "extra", [{"verify": True}, {"verify": "true"}, {"verify": None}, {"cert": None}, {"cert": ""}]
)
def test_what_says_no_more_than_nothing_changes_nothing(extra: dict[str, object]) -> None:
    assert way_of("x", PORTAL, extra).to(PORTAL)["ssl"] is True


def test_user_and_password_are_apart_from_the_proxys_address() -> None:
    way = way_of("x", PORTAL, {"proxies": {"https": f"http://haus:{SECRET}%40@proxy.example:3128"}})
    options = way.to(PORTAL)
    assert options["proxy"] == URL("http://proxy.example:3128")
    assert options["proxy_headers"]
    assert aiohttp.BasicAuth.decode(options["proxy_headers"]["Proxy-Authorization"]) == ("haus", f"{SECRET}@", "latin1")


def test_each_host_has_its_own_way() -> None:
    proxies = {"https": "a.example:1", "https://b.test": "b.example:2", "https://c.test": None}
    way = way_of("x", PORTAL, {"proxies": proxies})
    hosts = {host: way.to(URL(f"https://{host}/path"))["proxy"] for host in ("a.test", "b.test", "c.test")}
    assert hosts == {"a.test": URL("http://a.example:1"), "b.test": URL("http://b.example:2"), "c.test": None}


@pytest.mark.parametrize("here", ["http://127.0.0.1:1/", "http://localhost/", "https://127.0.0.2/", "https://[::1]/"])
def test_the_machine_itself_takes_no_proxy(monkeypatch: pytest.MonkeyPatch, here: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:1")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:1")
    assert way_of("x", URL(here), {"proxies": "http://proxy.example:1"}).to(URL(here))["proxy"] is None


@pytest.mark.parametrize("verify", [False, "false", "False"])
def test_who_answers_is_left_unasked_only_on_the_machine_itself(verify: object) -> None:
    assert refusal({"verify": verify}).startswith("verify in its extra is false, so that key and data would go to any")
    here = URL("https://127.0.0.1:1/")
    way = way_of("x", here, {"verify": verify})
    assert way.to(here)["ssl"] is not True
    assert way.to(PORTAL)["ssl"] is True


@pytest.mark.parametrize(
    ("proxies", "said"),
    [
        (7, FORM),
        (["http://proxy.example:1"], FORM),
        ({"https": {"host": SECRET}}, FORM),
        ({f"http://haus:{SECRET}@proxy.example": ""}, FORM),
        ({"htps": "http://proxy.example:1"}, FORM),
        (f"ftp://haus:{SECRET}@proxy.example:1", ADDRESS),
        (f"https://haus:{SECRET}@proxy.example:1", ADDRESS),
        (f"socks5://haus:{SECRET}@proxy.example:1", ADDRESS),
        (f"http://haus:#{SECRET}@proxy.example:1", ADDRESS),
        (f"http://haus:1#{SECRET}@proxy.example:1", ADDRESS),
        (f"http://proxy.example:1/{SECRET}", ADDRESS),
        (f"http://proxy.example:1?{SECRET}", ADDRESS),
        ("http://", ADDRESS),
        ("http://proxy.example:many", ADDRESS),
    ],
)
def test_a_proxy_that_is_none_is_told_in_a_sentence(proxies: object, said: str) -> None:
    assert refusal({"proxies": proxies}).startswith(said)


def test_a_proxy_of_the_environment_that_is_none_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://haus:#{SECRET}@proxy.example:1")
    assert refusal({}).startswith(ADDRESS)


@pytest.mark.parametrize(
    ("verify", "said"),
    [
        ("absent", UNREADABLE.format("verify")),
        ("text", NO_CERTIFICATE),
        ("empty", NO_CERTIFICATE),
        ("key", NO_CERTIFICATE),
    ],
)
def test_a_file_for_verify_that_is_none_is_told_in_a_sentence(pems: dict[str, str], verify: str, said: str) -> None:
    assert refusal({"verify": pems[verify]}).startswith(said)


@pytest.mark.parametrize("verify", ["", 7, ["x"], f"-----BEGIN CERTIFICATE-----\n{SECRET}", "\0"])
def test_a_verify_that_is_no_path_is_told_in_a_sentence(verify: object) -> None:
    assert refusal({"verify": verify}).startswith("verify in its extra ")


@pytest.mark.parametrize(
    ("cert", "said"),
    [
        (["certificate", "absent"], UNREADABLE.format("cert")),
        (["absent", "key"], UNREADABLE.format("cert")),
        (["certificate"], "cert in its extra is neither a path nor two; "),
        (["certificate", "other_key"], NO_PAIR),
        (["certificate", "protected_key"], NO_PAIR),
        (["text", "key"], NO_PAIR),
        ("certificate", NO_PAIR),
        ("ca", NO_PAIR),
    ],
)
def test_files_for_cert_that_are_none_are_told_in_a_sentence(
    pems: dict[str, str], cert: str | list[str], said: str
) -> None:
    given = pems[cert] if isinstance(cert, str) else [pems[one] for one in cert]
    assert refusal({"cert": given}).startswith(said)


def test_a_key_pasted_in_place_of_its_path_is_not_quoted() -> None:
    assert refusal({"cert": f"-----BEGIN PRIVATE KEY-----\n{SECRET}"}).startswith(UNREADABLE.format("cert"))


@pytest.mark.parametrize("names", [("both",), ("certificate", "key")])
def test_certificate_and_key_may_be_one_file_or_two(pems: dict[str, str], names: tuple[str, ...]) -> None:
    cert = pems[names[0]] if len(names) == 1 else [pems[name] for name in names]
    assert way_of("x", PORTAL, {"cert": cert, "verify": pems["ca"]}).to(PORTAL)["ssl"] is not True


def test_a_run_is_told_before_it_begins(connect: Connect) -> None:
    extra: dict[str, object] = {
        "verify": "/no/such/file",
        "proxies": {"https": f"http://haus:{SECRET}@proxy.example:1"},
    }
    fields: dict[str, object] = {
        "conn_type": "http",
        "host": str(PORTAL),
        "login": "k",
        "password": SECRET,
        "extra": json.dumps(extra),
    }
    connect("casavi_production", fields)
    with pytest.raises(ConfigurationError, match="casavi_production: verify in its extra leads to no file"):
        check_portal_connection(load_settings("production"))
    found = check_portal(load_settings("production"))
    assert (found.code, found.said and found.said.english.split(";")[0]) == (
        "WAY", "Airflow connection casavi_production: verify in its extra leads to no file that can be read",
    )  # fmt: skip
