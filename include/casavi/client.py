"""The portal over HTTP: one session on Airflow's HTTP provider, with what the provider lacks.

Adds token login with the key pair, one re-login for all on 401, a time limit on everything, a rate and pauses shared
by all calls of the session, no redirects, bounded answers, and no body in any log line or exception.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from time import monotonic
from typing import BinaryIO, NamedTuple

import aiohttp
from airflow.providers.http.hooks.http import HttpAsyncHook
from yarl import URL

from include.casavi.connections import check_address
from include.casavi.endpoints import LOGIN_PATH, TOKEN_HEADER, Call, is_of_file, paths_without_id
from include.casavi.upload import Upload
from include.casavi.verdict import Expected, Verdict, judge, retry_after, server_time
from include.network.way import Way, way_of
from include.settings import ConfigurationError, Limits
from include.vocabulary.clock import utc_now

MAX_ANSWER_BYTES = 1 << 20
MAX_PAGE_BYTES = 64 << 20
"""A page holds many records, each perhaps with a long text."""
FOREIGN_HOST = "FOREIGN_HOST"
NO_FILE = "NO_FILE"
TOO_LARGE = "FILE_TOO_LARGE"
"""Why `Portal.fetch` did not fetch a file."""
LOOK_UP_EVERY = 0.5
"""Seconds after which whoever waits looks whether there is still something to wait for."""
_CONNECT_SECONDS = 10.0
_WANTED = (Expected.PAGE, Expected.OBJECT)
"""Answers that are read, not only judged."""
_JSON = {"Content-Type": "application/json", "Accept": "application/json"}


class PortalStopError(Exception):
    """No further call of this session can succeed; the message says why and what to do, status is the HTTP status."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Answer(NamedTuple):
    """One answer: the verdict, the HTTP status (None without an answer), the pause asked for, a reason code, and of a
    page of a list its body and the portal's time.
    """

    verdict: Verdict
    status: int | None = None
    pause: float | None = None
    reason: str = ""
    content: bytes = b""
    date: datetime | None = None


class Pace:
    """Rate and pauses of one session: every call waits for its turn, and a pause holds for all of them.

    turns: how many calls have had theirs
    """

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second
        self._next_turn = 0.0
        self._resume_at = 0.0
        self._is_ended = False
        self.turns = 0

    async def turn(self) -> None:
        """Wait until the next call may start; raises PortalStopError if none may any more."""
        while True:
            now = monotonic()
            start = max(now, self._next_turn, self._resume_at)
            self._next_turn = start + self._interval
            if start > now:
                await self.rest(start - now)
            if self._is_ended:
                raise PortalStopError("the session was ended")
            if self._resume_at <= start:  # else a pause began meanwhile: queue again, so that nobody rushes at its end
                self.turns += 1
                return

    async def rest(self, seconds: float) -> None:
        """Wait so many seconds, or until the session is ended."""
        until = monotonic() + seconds
        while (wait := until - monotonic()) > 0 and not self._is_ended:
            await asyncio.sleep(min(wait, LOOK_UP_EVERY))

    def pause(self, seconds: float) -> None:
        """Let no call start for so many seconds from now; never shortens a longer pause."""
        self._resume_at = max(self._resume_at, monotonic() + seconds)

    def end(self) -> None:
        """Let no call start any more; those under way are not disturbed."""
        self._is_ended = True


class Portal:
    """A session with one system's portal. Use `open_portal`."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        way: Way,
        base_url: str,
        key_pair: tuple[str, str],
        pace: Pace,
        upload_seconds: float,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._http = http
        self._way = way
        self._upload_timeout = aiohttp.ClientTimeout(total=upload_seconds, connect=_CONNECT_SECONDS)
        self._base = base_url.rstrip("/")
        self._key, self._secret = key_pair
        self.pace = pace
        self._now = now
        self._token = ""
        self._fixed = {path: URL(self._base + path) for path in paths_without_id()}
        self._login_lock = asyncio.Lock()

    async def call(
        self,
        call: Call,
        external_id: str,
        body: bytes | Upload | None = None,
        *,
        of: str = "",
        address: URL | None = None,
    ) -> Answer:
        """Make one call and judge its answer; logs in as needed. Raises PortalStopError when no call can succeed.

        of:      id of the record that this one belongs to, where the path asks for it
        address: replaces the call's own, for further pages of a list
        """
        url = address or self._fixed.get(call.path) or URL(self._base + call.path_for(external_id, of), encoded=True)
        return await self._logged_in(lambda token: self._attempt(call, url, external_id, body, token))

    async def fetch(self, address: str, limit: int, file: BinaryIO) -> Answer:
        """Write the content of a file that the portal names by its address into `file`, in place of what that holds.

        Only the portal's own host is asked, and only where files lie: the token opens everything else there too, and is
        for nobody else. Raises PortalStopError as `call` does.

        limit:   most bytes to take
        returns: DONE; REFUSED with reason FOREIGN_HOST, NO_FILE or TOO_LARGE; or as of any call about one record
        """
        try:
            url = self.base.join(URL(address))
            is_own = url.origin() == self.base.origin()
        except ValueError:
            is_own = False
        if not is_own:
            return Answer(Verdict.REFUSED, reason=FOREIGN_HOST)
        root = self.base.raw_path.rstrip("/")
        if not url.raw_path.startswith(root) or not is_of_file(url.raw_path.removeprefix(root)):
            return Answer(Verdict.REFUSED, reason=NO_FILE)
        return await self._logged_in(lambda token: self._download(url, limit, file, token))

    async def _logged_in(self, attempt: Callable[[str], Awaitable[Answer]]) -> Answer:
        """Return the answer of an attempt with a token, which is repeated once if the token is no longer accepted."""
        try:
            token = self._token or await self.login(replacing="")
            answer = await attempt(token)
            if answer.verdict is Verdict.LOGIN:
                answer = await attempt(await self.login(replacing=token))
        except LoginDelayedError as delay:
            return delay.answer
        if answer.verdict in (Verdict.LOGIN, Verdict.STOP):
            raise PortalStopError(_why_stop(answer.status), answer.status)
        return answer

    async def login(self, replacing: str) -> str:
        """Return a token; one login serves all calls that found the old token refused."""
        async with self._login_lock:
            if self._token == replacing:
                self._token = await self._new_token()
            return self._token

    async def _attempt(self, call: Call, url: URL, external_id: str, body: bytes | Upload | None, token: str) -> Answer:
        await self.pace.turn()
        try:
            async with self._request(call.method, url, body, token) as response:
                limit = MAX_PAGE_BYTES if call.answers is Expected.PAGE else MAX_ANSWER_BYTES
                content = await _read_bounded(response, limit)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return self._failed(error)
        verdict = judge(response.status, content, external_id, call.answers, of_all=call.is_of_all)
        if verdict not in (Verdict.WAIT, Verdict.FAULT):
            if call.answers in _WANTED:
                return Answer(verdict, response.status, content=content, date=server_time(response.headers))
            return Answer(verdict, response.status)
        return self._delayed(verdict, response)

    async def _download(self, url: URL, limit: int, file: BinaryIO, token: str) -> Answer:
        await self.pace.turn()
        file.seek(0)
        file.truncate()
        headers = {TOKEN_HEADER: token, "Accept": "*/*"}
        try:
            async with self._http.get(
                url, headers=headers, allow_redirects=False, timeout=self._upload_timeout, **self._way.to(url)
            ) as response:
                if 200 <= response.status < 300:
                    is_whole = await _save_bounded(response, limit, file)
                    verdict, reason = (Verdict.DONE, "") if is_whole else (Verdict.REFUSED, TOO_LARGE)
                    return Answer(verdict, response.status, reason=reason)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return self._failed(error)
        if 300 <= response.status < 400:
            return Answer(Verdict.REFUSED, response.status, reason=FOREIGN_HOST)
        verdict = judge(response.status, b"", "", Expected.NOTHING)
        if verdict in (Verdict.WAIT, Verdict.FAULT):
            return self._delayed(verdict, response)
        return Answer(verdict, response.status)

    def _request(
        self, method: str, url: URL, body: bytes | Upload | None, token: str
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        headers = {TOKEN_HEADER: token}
        if not isinstance(body, Upload):
            return self._http.request(
                method, url, data=body, headers=headers, allow_redirects=False, **self._way.to(url)
            )
        form = body.form()
        headers["Content-Type"] = form.content_type
        return self._http.request(
            method,
            url,
            data=form,
            headers=headers,
            allow_redirects=False,
            timeout=self._upload_timeout,
            **self._way.to(url),
        )

    @property
    def base(self) -> URL:
        """The address below which all calls lie."""
        return URL(self._base)

    async def _new_token(self) -> str:
        """Exchange key and secret for a token; raises PortalStopError if refused, LoginDelayedError if not now."""
        await self.pace.turn()
        body = json.dumps({"key": self._key, "secret": self._secret}).encode()
        url = URL(self._base + LOGIN_PATH)
        try:
            async with self._http.post(url, data=body, allow_redirects=False, **self._way.to(url)) as response:
                content = await _read_bounded(response, MAX_ANSWER_BYTES)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise LoginDelayedError(self._failed(error)) from None
        if response.status == 429 or response.status >= 500:
            raise LoginDelayedError(self._delayed(Verdict.WAIT if response.status == 429 else Verdict.FAULT, response))
        if response.status != 200:
            raise PortalStopError(_why_stop(response.status), response.status)
        try:
            return str(json.loads(content)["token"])
        except (ValueError, KeyError, TypeError):
            raise LoginDelayedError(Answer(Verdict.FAULT, 200, reason="BAD_ANSWER")) from None

    def _failed(self, error: Exception) -> Answer:
        """Return the answer for a call without one; raises PortalStopError if none could have one."""
        if why := self._way.why_closed(error):
            raise PortalStopError(why) from None
        if isinstance(error, TimeoutError):
            return Answer(Verdict.FAULT, reason="TIMEOUT")
        if isinstance(error, aiohttp.ClientPayloadError | ValueError):
            return Answer(Verdict.FAULT, reason="BAD_ANSWER")
        return Answer(Verdict.FAULT, reason="NO_CONNECTION")

    def _delayed(self, verdict: Verdict, response: aiohttp.ClientResponse) -> Answer:
        """Return the answer for a call to be repeated later; a pause the portal asks for holds for all calls."""
        pause = retry_after(response.headers, self._now())
        if pause:
            self.pace.pause(pause)
        reason = (
            "RATE_LIMITED" if verdict is Verdict.WAIT else "BAD_ANSWER" if response.status < 300 else "PORTAL_FAULT"
        )
        return Answer(verdict, response.status, pause, reason)


class LoginDelayedError(Exception):
    """The portal cannot log in now; carries the answer to give to the call that needed the token."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.reason)
        self.answer = answer


def _why_stop(status: int | None) -> str:
    if status in (400, 401):
        return f"the portal refuses the key pair (status {status}); check key and secret of the portal connection"
    if status == 403:
        return (
            "the portal denies this key the operation (status 403); ask casavi whether the key was revoked or limited"
        )
    return (
        f"the portal answers with a redirect or something unexpected (status {status}); "
        "check the portal connection's address"
    )


async def _read_bounded(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """Return the answer's body; raises ValueError if it is larger than it can be."""
    if response.content_length is not None and response.content_length <= limit:
        return await response.read()
    content = bytearray()
    async for piece in response.content.iter_chunked(1 << 16):
        content += piece
        if len(content) > limit:
            raise ValueError("answer too large")
    return bytes(content)


async def _save_bounded(response: aiohttp.ClientResponse, limit: int, file: BinaryIO) -> bool:
    """Write the answer's body into a file; returns whether it is no larger than the limit."""
    if response.content_length is not None and response.content_length > limit:
        return False
    left = limit
    async for piece in response.content.iter_chunked(1 << 16):
        left -= len(piece)
        if left < 0:
            return False
        file.write(piece)
    return True


@asynccontextmanager
async def open_portal(connection_id: str, limits: Limits) -> AsyncGenerator[Portal]:
    """Open a session with the portal of an Airflow connection (host = Link Datensynchronisation, login = key,
    password = secret, extra = the way there: `way_of`). Raises ConfigurationError if one of the three is missing, if
    they may not go to that address, or if the way is none.
    """
    key_pairs: list[tuple[str, str | None]] = []

    def keep(login: str, password: str | None) -> None:  # not for a header: the pair is exchanged for a token
        key_pairs.append((login, password))

    config = await HttpAsyncHook(http_conn_id=connection_id, auth_type=keep).config()
    key, secret = key_pairs[0] if key_pairs else ("", None)
    if not key or not secret or not config.base_url.partition("://")[2]:
        raise ConfigurationError(
            f"Airflow connection {connection_id}: host, login and password must all be set; "
            "write the Link Datensynchronisation, the key and the secret"
        )
    way = way_of(connection_id, check_address(connection_id, config.base_url), config.extra_options or {})
    pace = Pace(limits.requests_per_second / limits.parallel_loads)
    timeout = aiohttp.ClientTimeout(total=limits.timeout_seconds, connect=min(_CONNECT_SECONDS, limits.timeout_seconds))
    connector = aiohttp.TCPConnector(limit=limits.parallel_requests)
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        headers={**_JSON, **(config.headers or {})},
        cookie_jar=aiohttp.DummyCookieJar(),
    ) as http:
        yield Portal(http, way, config.base_url, (key, secret), pace, limits.upload_timeout_seconds)
