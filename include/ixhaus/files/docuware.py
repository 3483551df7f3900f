"""DOCUWARE: downloads from a DocuWare Platform (7.10 and later) over one session.

Names of DocuWare are marked "seen" where several public clients use them, "assumed" where none does; none of them was
tried against a real DocuWare.
"""

import asyncio
import logging
import re
from typing import Any, BinaryIO, Final

import aiohttp
from yarl import URL

from include.ixhaus.files.identity import Identity
from include.ixhaus.files.source import PIECE, FileError
from include.network.way import Way, WayError, way_of
from include.settings import AddressError, Limits, checked_address

log = logging.getLogger(__name__)

AT_ONCE: Final = 4
_KEY: Final = re.compile(r"([A-Za-z0-9-]{1,64})/([0-9]{1,18})")
_TARGETS: Final = {"ORIGINAL": "Auto", "PDF": "PDF"}  # seen; a document of several files is a ZIP with Auto (assumed)
_REASONS: Final = {
    401: "DMS_REFUSED",
    403: "DMS_REFUSED",  # assumed: no right to this file cabinet
    404: "FILE_MISSING",  # seen
}


class DocuWare:
    """The DocuWare of an Airflow connection (type http: host = the Platform's address, login, password; extra = the way
    there, see `way_of`), opened when first needed. A log line says once why nothing can be had from it at all.
    """

    def __init__(self, connection_id: str, limits: Limits) -> None:
        self._connection_id = connection_id
        self._limits = limits
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._opening = asyncio.Lock()
        self._is_opened = False
        self._http: aiohttp.ClientSession | None = None
        self._way: Way | None = None
        self._identity: Identity | None = None

    async def download(self, path: str | None, rendition: str, file: BinaryIO, max_bytes: int) -> None:
        """Write one document to an open file.

        path:   "<file cabinet>/<document id>"
        raises: FileError: FILE_MISSING, FILE_TOO_LARGE as soon as it is, DMS_REFUSED when the Platform refuses the
                login or its rights, DMS_FAULT for everything else. Neither names nor causes are in it.
        """
        if not (key := _KEY.fullmatch(path or "")):
            raise FileError("FILE_MISSING", False)
        try:
            async with self._turn:
                identity = await self._opened()
                url = _address(identity.platform, key[1], key[2], rendition)
                await self._download(identity, url, file, max_bytes)
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            self._give_up_if_closed(error)
            raise FileError("DMS_FAULT", False) from None

    async def close(self) -> None:
        """End the session, if there was one."""
        if self._http is not None:
            await self._http.close()

    def _give_up_if_closed(self, error: Exception) -> None:
        """Ask no more where every further call would meet the same error."""
        why = self._way.why_closed(error) if self._way else None
        if why and self._identity is not None:
            log.warning("%s", why)
            self._identity = None

    async def _download(self, identity: Identity, url: URL, file: BinaryIO, max_bytes: int) -> None:
        token = await identity.token(replacing=None)
        if await self._attempt(url, token, file, max_bytes) == 401:  # expired
            status = await self._attempt(url, await identity.token(replacing=token), file, max_bytes)
            if status == 401:
                raise _reason(status)

    async def _attempt(self, url: URL, token: str, file: BinaryIO, max_bytes: int) -> int:
        """Write the answer's content; 401 is returned, for a new login, and all other failures are raised."""
        assert self._http is not None and self._way is not None  # noqa: S101, PT018 - opened before there is a token
        headers = {"Authorization": f"Bearer {token}"}  # seen
        timeout = aiohttp.ClientTimeout(total=self._limits.upload_timeout_seconds, connect=10)
        async with self._http.get(
            url, headers=headers, timeout=timeout, allow_redirects=False, **self._way.to(url)
        ) as response:
            if response.status == 200:
                await _write(response, file, max_bytes)
            elif response.status != 401:
                raise _reason(response.status)
            return response.status

    async def _opened(self) -> Identity:
        async with self._opening:
            if not self._is_opened:
                self._is_opened = True
                await self._open()
        if self._identity is None:
            raise FileError("DMS_FAULT", False)
        return self._identity

    async def _open(self) -> None:
        address, login, password, extra = await _connection(self._connection_id)
        try:
            platform = checked_address(address.rstrip("/"))
        except AddressError:
            platform = None
        if not (login and password and platform):
            log.warning(
                "Airflow connection %s: it leads to no DocuWare; add a connection of type http with host = https:// "
                "address of the Platform (such as https://x.docuware.cloud/DocuWare/Platform), login and password",
                self._connection_id,
            )
            return
        try:
            self._way = way_of(self._connection_id, platform, extra)
        except WayError as mistake:
            log.warning("%s", mistake)
            return
        connector = aiohttp.TCPConnector(limit=AT_ONCE)
        self._http = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        self._identity = Identity(self._http, self._way, platform, login, password, self._limits.timeout_seconds)


async def _connection(connection_id: str) -> tuple[str, str, str, dict[str, Any]]:
    """Return address, login and password, empty where there are none, and what the extra says of the way there."""
    from airflow.providers.http.hooks.http import HttpAsyncHook  # 3 s: only who has such documents pays
    from airflow.sdk.exceptions import AirflowNotFoundException

    pairs = [("", "")]

    def keep(login: str, password: str | None) -> None:  # not for a header: the pair is exchanged for a token
        pairs.append((login, password or ""))

    try:
        config = await HttpAsyncHook(http_conn_id=connection_id, auth_type=keep).config()
    except AirflowNotFoundException:
        return "", "", "", {}
    return config.base_url, *pairs[-1], config.extra_options or {}


def _address(platform: URL, cabinet: str, document: str, rendition: str) -> URL:
    query = {"TargetFileType": _TARGETS.get(rendition, "Auto"), "KeepAnnotations": "false"}  # seen
    return (platform / "FileCabinets" / cabinet / "Documents" / document / "FileDownload").with_query(query)  # seen


async def _write(response: aiohttp.ClientResponse, file: BinaryIO, max_bytes: int) -> None:
    room = max_bytes
    async for piece in response.content.iter_chunked(PIECE):
        room -= len(piece)
        if room < 0:
            raise FileError("FILE_TOO_LARGE", True)
        file.write(piece)


def _reason(status: int) -> FileError:
    return FileError(_REASONS.get(status, "DMS_FAULT"), False)
