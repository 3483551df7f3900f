"""Downloads from DocuWare: from the sandbox's stand-in over a socket, and from servers that misbehave."""

import asyncio
import io
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from pypdf import PdfReader

from demo.portal.docuware import PLATFORM, pdf_saying
from include.ixhaus.files import open_files
from tests.ixhaus.files.conftest import Archive, Connect
from tests.ixhaus.files.making import PDF, in_docuware
from tests.sandbox import KEY, SECRET, SandboxProcess

REFUSED, FAULT, MISSING = ("DMS_REFUSED", False), ("DMS_FAULT", False), ("FILE_MISSING", False)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def connection(platform: str, login: str = KEY, password: str = SECRET) -> dict[str, object]:
    return {"conn_type": "http", "host": platform, "login": login, "password": password}


@pytest.fixture
def docuware(sandbox: SandboxProcess, connect: Connect) -> SandboxProcess:
    """The stand-in, and the Airflow connection to it."""
    connect("docuware_production", connection(sandbox.url + PLATFORM))
    return sandbox


@pytest.mark.parametrize("rendition", ["ORIGINAL", "PDF"])
def test_a_document_is_downloaded(archive: Archive, docuware: SandboxProcess, rendition: str) -> None:
    delivery = archive.fetch(in_docuware("demo/7", rendition, "Vertrag.docx"))
    assert (delivery.file.name, delivery.file.media_type) == ("Vertrag.pdf", "application/pdf")
    assert delivery.content == pdf_saying("Dokument 7")
    assert PdfReader(io.BytesIO(delivery.content), strict=True).pages[0].extract_text() == "Dokument 7"


@pytest.mark.rule("E30")
@pytest.mark.parametrize(
    "path", ["other/7", "demo/x", "demo", None, "", "demo/7/8", "../demo/7", "demo/7?x=1", "a b/7"]
)
def test_what_is_not_there_is_missing(archive: Archive, docuware: SandboxProcess, path: str | None) -> None:
    assert archive.refusal(in_docuware(path)) == MISSING


def test_a_wrong_password_is_refused(archive: Archive, docuware: SandboxProcess, connect: Connect) -> None:
    connect("docuware_production", connection(docuware.url + PLATFORM, password="wrong"))
    assert archive.refusal(in_docuware("demo/7")) == REFUSED


def test_a_lost_token_is_replaced_by_one_login_for_all(
    archive: Archive, docuware: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    from include.ixhaus.files.identity import Identity

    logins: list[str] = []
    really = Identity._new_token

    async def counted(identity: Identity) -> str:
        logins.append("login")
        return await really(identity)

    monkeypatch.setattr(Identity, "_new_token", counted)

    async def fetch_all() -> None:
        async with open_files(archive.engine, archive.settings, archive.spool) as files:

            async def one(number: int) -> bytes:
                async with files.ready(in_docuware(f"demo/{number}")) as file:
                    return file.path.read_bytes()

            async def eight() -> list[bytes]:
                return await asyncio.gather(*map(one, range(8)))

            expected = [pdf_saying(f"Dokument {number}") for number in range(8)]
            assert await eight() == expected
            assert len(logins) == 1
            port = urlsplit(docuware.url).port
            docuware.kill()
            docuware.start(port or 0)  # tokens end with the process
            assert await eight() == expected
            assert len(logins) == 2

    asyncio.run(fetch_all())


class Platform:
    """A DocuWare of the test's own; `download` and `token` answer as the test says, and requests are remembered."""

    def __init__(self) -> None:
        self.url = ""
        self.seen: list[tuple[str, str]] = []
        self.identity = ""
        self.endpoint = ""
        self.download: Handler = self.pdf
        self.token: Handler = self.good_token
        self.running = self.most = 0

    async def pdf(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(body=PDF, headers={"Content-Disposition": 'attachment; filename="evil.exe"'})

    async def good_token(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"access_token": "t", "expires_in": 60})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append((request.method, request.path))
        if request.path.endswith("/IdentityServiceInfo"):
            return web.json_response({"IdentityServiceUrl": self.identity or f"{self.url}/Identity"})
        if request.path.endswith("/openid-configuration"):
            return web.json_response({"token_endpoint": self.endpoint or f"{self.url}/Identity/connect/token"})
        if request.path.endswith("/token"):
            return await self.token(request)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            return await self.download(request)
        finally:
            self.running -= 1

    @property
    def logins(self) -> int:
        return sum(path.endswith("/token") for _, path in self.seen)


@contextmanager
def served(platform: Platform) -> Iterator[None]:
    """Serve it from a thread."""
    loop, ready = asyncio.new_event_loop(), threading.Event()

    async def start() -> web.AppRunner:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", platform.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        platform.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    def serve() -> None:
        runner = loop.run_until_complete(start())
        ready.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    ready.wait()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


@pytest.fixture
def platform(connect: Connect) -> Iterator[Platform]:
    made = Platform()
    with served(made):
        connect("docuware_production", connection(f"{made.url}/Platform/"))
        yield made


def test_the_name_in_the_answer_counts_for_nothing(archive: Archive, platform: Platform) -> None:
    assert archive.fetch(in_docuware("demo/7")).file.name == "Brief.pdf"


@pytest.mark.parametrize(
    ("status", "expected"), [(403, REFUSED), (404, MISSING), (302, FAULT), (500, FAULT), (429, FAULT)]
)
def test_answers_and_what_they_mean(
    archive: Archive, platform: Platform, status: int, expected: tuple[str, bool]
) -> None:
    async def download(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": f"{platform.url}/elsewhere"}, text="secret")

    platform.download = download
    assert archive.refusal(in_docuware("demo/7")) == expected
    assert ("GET", "/elsewhere") not in platform.seen


def test_a_token_refused_twice_ends_it(archive: Archive, platform: Platform) -> None:
    async def download(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=401)

    platform.download = download
    assert archive.refusal(in_docuware("demo/7")) == REFUSED
    assert platform.logins == 2


def test_a_refused_password_is_not_tried_again(archive: Archive, platform: Platform) -> None:
    async def token(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"error": "invalid_grant"}, status=400)

    platform.token = token

    async def fetch_all() -> None:
        async with open_files(archive.engine, archive.settings, archive.spool) as files:

            async def one() -> None:
                async with files.ready(in_docuware("demo/7")):
                    pass

            results = await asyncio.gather(*(one() for _ in range(6)), return_exceptions=True)
            assert [str(result) for result in results] == ["DMS_REFUSED"] * 6

    asyncio.run(fetch_all())
    assert platform.logins == 1


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("answer", ["no json", "[]", "{}", '{"access_token": ""}', "[" * 100_000, "1" * (2 << 20)])
def test_an_answer_without_a_token_is_a_fault(archive: Archive, platform: Platform, answer: str) -> None:
    async def token(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=answer)

    platform.token = token
    assert archive.refusal(in_docuware("demo/7")) == FAULT


@pytest.mark.parametrize(
    ("identity", "endpoint"),
    [
        ("http://login.example/x", ""),
        ("", "http://login.example/token"),
        ("", "https://login.example/token"),
        ("ftp://127.0.0.1/", ""),
        ("http://[", ""),
    ],
)
def test_the_password_goes_nowhere_else(archive: Archive, platform: Platform, identity: str, endpoint: str) -> None:
    platform.identity, platform.endpoint = identity, endpoint
    assert archive.refusal(in_docuware("demo/7")) == FAULT
    assert platform.logins == 0


def test_relative_addresses_are_the_platforms_own(archive: Archive, platform: Platform) -> None:
    platform.identity, platform.endpoint = "/Identity", "/Identity/connect/token"
    assert archive.fetch(in_docuware("demo/7")).content == PDF


@pytest.mark.parametrize(
    "fields",
    [
        None,
        connection("http://x.docuware.cloud/DocuWare/Platform"),
        connection("x.docuware.cloud"),
        connection("https://x.docuware.cloud/p", password=""),
        {"conn_type": "http", "host": "https://x.docuware.cloud/p"},
    ],
)
def test_without_a_usable_connection_one_line_says_what_to_add(
    archive: Archive, connect: Connect, caplog: pytest.LogCaptureFixture, fields: dict[str, object] | None
) -> None:
    if fields:
        connect("docuware_production", fields)

    async def fetch_twice() -> None:
        async with open_files(archive.engine, archive.settings, archive.spool) as files:
            for _ in range(2):
                with pytest.raises(Exception, match="DMS_FAULT"):
                    async with files.ready(in_docuware("demo/7")):
                        pass

    asyncio.run(fetch_twice())
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("include")]
    assert len(lines) == 1
    assert "docuware_production" in lines[0]


@pytest.mark.rule("R28")
def test_a_download_is_cut_off_at_the_limit(archive: Archive, platform: Platform) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(200):
            await response.write(bytes(2**20))
            sent += 2**20
        return response

    platform.download = endless
    archive.limits = {"max_file_mb": 1}
    assert archive.refusal(in_docuware("demo/7")) == ("FILE_TOO_LARGE", True)
    assert sent < 50 * 2**20


@pytest.mark.rule("E30", "R28")
def test_empty_and_exactly_the_limit(archive: Archive, platform: Platform) -> None:
    contents = [b"", PDF.ljust(2**20, b"\0")]

    async def download(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=contents.pop(0))

    platform.download = download
    archive.limits = {"max_file_mb": 1}
    assert archive.refusal(in_docuware("demo/7")) == ("FILE_EMPTY", True)
    assert archive.fetch(in_docuware("demo/7")).file.size == 2**20


def test_a_download_that_breaks_off_is_a_fault(archive: Archive, platform: Platform) -> None:
    async def download(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(len(PDF))})
        await response.prepare(request)
        await response.write(PDF[:100])
        assert request.transport
        request.transport.abort()
        return response

    platform.download = download
    assert archive.refusal(in_docuware("demo/7")) == FAULT


def test_a_download_that_takes_too_long_is_a_fault(archive: Archive, platform: Platform) -> None:
    async def download(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(5)
        return web.Response()

    platform.download = download
    archive.limits = {"upload_timeout_seconds": 0.3}
    assert archive.refusal(in_docuware("demo/7")) == FAULT


def test_nobody_there_is_a_fault(archive: Archive, connect: Connect) -> None:
    connect("docuware_production", connection("http://127.0.0.1:9/Platform"))
    assert archive.refusal(in_docuware("demo/7")) == FAULT


def test_at_most_four_download_at_once(archive: Archive, platform: Platform) -> None:
    async def download(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.05)
        return web.Response(body=PDF)

    platform.download = download

    async def fetch_all() -> None:
        async with open_files(archive.engine, archive.settings, archive.spool) as files:

            async def one(number: int) -> None:
                async with files.ready(in_docuware(f"demo/{number}")):
                    pass

            await asyncio.gather(*map(one, range(12)))

    asyncio.run(fetch_all())
    assert platform.most == 4


def test_nothing_of_document_or_login_is_logged(
    archive: Archive, platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for status in (200, 500):

        async def download(_request: web.Request, status: int = status) -> web.StreamResponse:
            return web.Response(status=status, body=PDF)

        platform.download = download
        (archive.fetch if status == 200 else archive.refusal)(in_docuware("4711-0815/998877", name="Kündigung Maier"))
    written = "\n".join(line for line in caplog.text.splitlines() if "aiohttp/web_log.py" not in line)
    written = "\n".join(line for line in written.splitlines() if "web_log" not in line)
    assert not [word for word in ("4711-0815", "998877", "Kündigung", SECRET, KEY) if word in written]
