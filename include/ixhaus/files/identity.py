"""The login of a DocuWare Platform: OAuth2 with the password grant, at the identity service the Platform names."""

import asyncio
import json
from typing import Final

import aiohttp
from yarl import URL

from include.ixhaus.files.source import FileError
from include.network.way import Way
from include.settings import is_safe

_MAX_ANSWER: Final = 1 << 20
_FORM: Final = {  # seen, all four
    "grant_type": "password",
    "scope": "docuware.platform",
    "client_id": "docuware.platform.net.client",
}
_REFUSED: Final = (400, 401, 403)  # seen: 400 with invalid_grant is OAuth2's answer to a wrong password


class Identity:
    """Tokens of one login; `platform` is the Platform's address. The password goes to safe addresses only (`is_safe`),
    and only to the Platform's own server or that of the identity service it names.
    """

    def __init__(
        self, http: aiohttp.ClientSession, way: Way, platform: URL, login: str, password: str, seconds: float
    ) -> None:
        self.platform = platform
        self._http = http
        self._way = way
        self._login, self._password = login, password
        self._timeout = aiohttp.ClientTimeout(total=seconds, connect=min(10.0, seconds))
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._is_refused = False

    async def token(self, replacing: str | None) -> str:
        """Return a token; one login serves all that found the old one refused.

        replacing: the token that was refused, None for any that there is
        raises:    FileError: DMS_REFUSED, from then on without another attempt, as repeated ones lock the user out;
                   DMS_FAULT when there is no usable answer. aiohttp's errors when there is none at all.
        """
        async with self._lock:
            if self._is_refused:
                raise FileError("DMS_REFUSED", False)
            if self._token is None or self._token == replacing:
                self._token = await self._new_token()
            return self._token

    async def _new_token(self) -> str:
        info = await self._json("GET", self.platform / "Home" / "IdentityServiceInfo")  # seen
        service = self._trusted(self.platform, info.get("IdentityServiceUrl"))  # seen
        discovery = URL(f"{str(service).rstrip('/')}/.well-known/openid-configuration")  # seen
        endpoints = await self._json("GET", discovery)
        endpoint = self._trusted(service, endpoints.get("token_endpoint"))  # seen
        if endpoint.origin() not in (service.origin(), self.platform.origin()):
            raise FileError("DMS_FAULT", False)
        form = {**_FORM, "username": self._login, "password": self._password}
        answer = await self._json("POST", endpoint, form)
        token = answer.get("access_token")  # seen; expires_in is not needed: an expired token is answered with 401
        if not isinstance(token, str) or not token:
            raise FileError("DMS_FAULT", False)
        return token

    def _trusted(self, base: URL, address: object) -> URL:
        """Return an address that the Platform named (seen: absolute; some write it relative)."""
        try:
            url = base.join(URL(str(address or "")))
        except ValueError:
            raise FileError("DMS_FAULT", False) from None
        if not address or not is_safe(url):
            raise FileError("DMS_FAULT", False)
        return url

    async def _json(self, method: str, url: URL, form: dict[str, str] | None = None) -> dict[str, object]:
        headers = {"Accept": "application/json"}
        async with self._http.request(
            method, url, data=form, headers=headers, timeout=self._timeout, allow_redirects=False, **self._way.to(url)
        ) as response:
            if form and response.status in _REFUSED:
                self._is_refused = True
                raise FileError("DMS_REFUSED", False)
            content = await _read_bounded(response)
        try:
            answer = json.loads(content) if response.status == 200 else None
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise FileError("DMS_FAULT", False)
        return answer


async def _read_bounded(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for piece in response.content.iter_chunked(1 << 16):
        content += piece
        if len(content) > _MAX_ANSWER:
            raise FileError("DMS_FAULT", False)
    return bytes(content)
