"""DocuWare beyond a proxy and with a certificate of the house's own CA: login and downloads, and what goes wrong."""

import asyncio
from typing import Any

import pytest

from demo.portal.docuware import pdf_saying
from include.ixhaus.files import FileError, open_files
from tests.ixhaus.files.conftest import Archive
from tests.ixhaus.files.making import in_docuware
from tests.network.conftest import Connect
from tests.network.house import HOST, LOGIN, House
from tests.network.proxy import PASSWORD
from tests.sandbox import SECRET

FAULT = ("DMS_FAULT", False)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What our own code logged, without a secret."""
    assert not [secret for secret in (SECRET, PASSWORD, LOGIN, "interface.key") if secret in caplog.text]
    return [record.getMessage() for record in caplog.records if record.name.startswith("include")]


def targets(house: House) -> set[tuple[str, bool]]:
    return set(house.proxy.asked)


def test_login_and_download_take_the_proxy_of_the_connection(house: House, connect: Connect, archive: Archive) -> None:
    connect("docuware_production", house.docuware(proxies={"https": house.way()}, verify=house.ca))
    assert archive.fetch(in_docuware("demo/7")).content == pdf_saying("Dokument 7")
    assert targets(house) == {(f"{HOST}:{house.port}", True)}


def test_login_and_download_take_the_proxy_of_the_environment(
    house: House, connect: Connect, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect("docuware_production", house.docuware(verify=house.ca))
    monkeypatch.setenv("HTTPS_PROXY", house.way())
    assert archive.fetch(in_docuware("demo/7")).content == pdf_saying("Dokument 7")
    assert targets(house) == {(f"{HOST}:{house.port}", True)}
    monkeypatch.setenv("NO_PROXY", HOST)
    assert archive.refusal(in_docuware("demo/7")) == FAULT  # nobody but the proxy resolves the name
    assert len(targets(house)) == 1


@pytest.mark.parametrize(
    ("proxy", "knows_ca", "sentence"),
    [
        ("http://haus:wrong@", True, "the proxy takes nothing without user and password, or not these (status 407)"),
        ("http://", True, "the proxy takes nothing without user and password, or not these (status 407)"),
        (f"http://{LOGIN}@", False, "the server shows a certificate that nobody vouches for who is trusted here"),
    ],
)
def test_a_way_that_is_closed_is_told_once_in_a_sentence_and_not_tried_for_every_document(
    house: House,
    connect: Connect,
    archive: Archive,
    caplog: pytest.LogCaptureFixture,
    proxy: str,
    knows_ca: bool,
    sentence: str,
) -> None:
    proxies = {"https": f"{proxy}127.0.0.1:{house.proxy.port}"}
    connect("docuware_production", house.docuware(proxies=proxies, **({"verify": house.ca} if knows_ca else {})))

    async def fetch() -> None:
        async with open_files(archive.engine, archive.settings, archive.spool) as files:
            for number in range(3):
                with pytest.raises(FileError, match="DMS_FAULT"):
                    async with files.ready(in_docuware(f"demo/{number}")):
                        pass

    asyncio.run(fetch())
    (line,) = said(caplog)
    assert line.startswith(f"Airflow connection docuware_production: {sentence}; ")
    assert len(house.proxy.asked) == 1


@pytest.mark.parametrize("extra", [{"verify": False}, {"verify": "/no/ca.pem"}, {"proxies": {"https": "ftp://x"}}])
def test_an_extra_that_is_wrong_is_told_once_in_a_sentence(
    house: House,
    connect: Connect,
    archive: Archive,
    caplog: pytest.LogCaptureFixture,
    extra: dict[str, Any],
) -> None:
    connect("docuware_production", house.docuware(**extra))
    assert archive.refusal(in_docuware("demo/7")) == FAULT
    (line,) = said(caplog)
    assert line.startswith("Airflow connection docuware_production: ")
    assert targets(house) == set()
