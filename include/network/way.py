"""The way out of the house: which proxy the calls of a connection take, whom they trust, how they identify themselves.

The extra of an Airflow connection says it by the names of Airflow's HTTP provider: `proxies`, `verify`, `cert`,
`trust_env`. Where it says nothing of a proxy, HTTPS_PROXY and NO_PROXY of the environment do. The provider's own
session for aiohttp takes them only in part, so they are turned into aiohttp's arguments here.
"""

import re
import ssl
from base64 import b64encode
from collections.abc import Mapping
from typing import Final, NoReturn, TypedDict
from urllib.request import getproxies_environment, proxy_bypass

import aiohttp
from yarl import URL

from include.settings import ConfigurationError, is_here

_KEY: Final = re.compile(r"(https?|all)(://[^/@\s]+)?")
_OTHER_NAME: Final = (62, 64)
_OUT_OF_TIME: Final = (9, 10)
"""OpenSSL's numbers: the certificate is for another name or address; it is not valid yet, or no longer."""
_OURS: Final = re.compile(
    r"ALERT_(BAD_)?(CERTIFICATE|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|HANDSHAKE_FAILURE|ACCESS_DENIED)"
)
"""What a server says that wants a certificate of us, or another one."""
_LOGIN_WANTED: Final = 407


class WayError(ConfigurationError):
    """What an extra, or the environment, says of the way out cannot be followed; the sentence says what to write."""


class Options(TypedDict):
    """The arguments of aiohttp's requests that are about the way."""

    proxy: URL | None
    proxy_headers: Mapping[str, str] | None
    ssl: ssl.SSLContext | bool


class Way:
    """How the calls of one connection leave the house. Use `way_of`."""

    def __init__(
        self,
        connection_id: str,
        proxies: Mapping[str, str],
        trust: ssl.SSLContext | bool,
        trust_here: ssl.SSLContext | bool,
        *,
        by_environment: bool,
    ) -> None:
        self._connection = f"Airflow connection {connection_id}"
        self._proxies = proxies
        self._trust, self._trust_here = trust, trust_here
        self._by_environment = by_environment
        self._known: dict[URL, Options] = {}

    def to(self, url: URL) -> Options:
        """Return the arguments for a request of this address; raises WayError if its proxy is none.

        What leads to this machine itself takes no proxy: only therefore it may be unencrypted.
        """
        origin = url.origin()
        if origin not in self._known:
            trust = self._trust_here if is_here(url) else self._trust
            text = "" if is_here(url) else self._proxy_for(url)
            proxy, login = self._parted(text) if text else (None, None)
            self._known[origin] = Options(proxy=proxy, proxy_headers=login, ssl=trust)
        return self._known[origin]

    def why_closed(self, error: Exception) -> str | None:
        """Return the sentence for an error that every further call would meet too; None for one that may pass."""
        said = f"{self._connection}: "
        if isinstance(error, aiohttp.ClientHttpProxyError):
            return None if error.status >= 500 else said + _why_no_proxy(error.status)
        if isinstance(error, aiohttp.ClientConnectorCertificateError):
            return said + _why_no_trust(getattr(error.certificate_error, "verify_code", None))
        if not isinstance(error, aiohttp.ClientOSError):
            return None
        reason = _reason(error)
        if _OURS.search(reason):
            return said + (
                "the server asks for a certificate and takes none, or not the one it is shown; write the paths of "
                "certificate and key (PEM) as cert into the extra"
            )
        if isinstance(error, aiohttp.ClientConnectorSSLError) and reason and "EOF" not in reason:
            return said + (
                f"no encrypted connection comes about ({reason}); check host and port, and whether what answers there "
                "speaks TLS at all"
            )
        return None

    def _proxy_for(self, url: URL) -> str:
        """Return the proxy that the extra names for an address, even "" for none; else that of the environment."""
        for name in (f"{url.scheme}://{url.host}", url.scheme, f"all://{url.host}", "all"):
            if name in self._proxies:
                return self._proxies[name]
        if not self._by_environment or proxy_bypass(f"{url.host}:{url.port}"):
            return ""
        named = getproxies_environment()
        return named.get(url.scheme) or named.get("all") or ""

    def _parted(self, text: str) -> tuple[URL, dict[str, str] | None]:
        """Return a proxy's address, and apart from it its user and password: errors quote the address."""
        try:
            url = URL(text if "://" in text else f"http://{text}")
            is_proxy = bool(url.scheme == "http" and url.host and url.port and url.path in ("", "/"))
        except ValueError:
            is_proxy = False
        if not is_proxy or url.query_string or url.fragment:
            self._refuse_proxy()
        if not url.user:
            return url, None
        login = b64encode(f"{url.user}:{url.password or ''}".encode()).decode()
        return url.with_user(None), {"Proxy-Authorization": f"Basic {login}"}

    def _refuse_proxy(self) -> NoReturn:
        raise WayError(
            f"{self._connection}: its proxy, from proxies in the extra or from HTTPS_PROXY, is no address; write one "
            "such as http://user:password@proxy.example:3128, with what is special in user and password "
            "percent-encoded"
        )


def way_of(connection_id: str, address: URL, extra: Mapping[str, object]) -> Way:
    """Return the way of a connection by its extra, to its address first of all, and perhaps to others.

    extra:  with the names of a connection's extra, or as Airflow's HTTP hook sorts them into its `extra_options`
    raises: WayError, in a sentence that quotes none of the values: they may hold a password, or a key that
            was pasted where its path belongs
    """
    said = f"Airflow connection {connection_id}"
    proxies = _proxies(said, extra.get("proxies", extra.get("proxy")))
    verify = _as_written(extra.get("verify", extra.get("verify_ssl")))
    if not isinstance(verify, str | bool | None) or verify == "":
        raise WayError(
            f"{said}: verify in its extra is neither true nor a path; write the path of the CA's certificate (PEM), or "
            "leave it out"
        )
    if verify is False and not is_here(address):
        raise WayError(
            f"{said}: verify in its extra is false, so that key and data would go to anybody who answers; write the "
            "path of the CA's certificate (PEM) instead, or leave it out"
        )
    cert = _cert(said, extra.get("cert"))
    trust = _context(said, verify if isinstance(verify, str) else None, cert)
    trust_here = trust
    if verify is False:
        trust_here = _context(said, None, cert, anew=True)
        assert isinstance(trust_here, ssl.SSLContext)  # noqa: S101 - made anew, for mypy
        trust_here.check_hostname = False
        trust_here.verify_mode = ssl.CERT_NONE
    by_environment = _as_written(extra.get("trust_env")) is not False
    way = Way(connection_id, proxies, trust, trust_here, by_environment=by_environment)
    way.to(address)
    return way


def _as_written(value: object) -> object:
    """Return a truth value that was written as a text, as connections in the form of a URI do."""
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return value


def _proxies(said: str, given: object) -> dict[str, str]:
    """Return the proxies of an extra, one for all or by scheme and perhaps server, as requests has them."""
    proxies = {"all": given} if isinstance(given, str) else {} if given is None else given
    if not isinstance(proxies, dict) or not all(
        _KEY.fullmatch(str(key)) and isinstance(value, str | None) for key, value in proxies.items()
    ):
        raise WayError(
            f"{said}: proxies in its extra are of no form that is known; write the address of the proxy, as text, "
            "under https"
        )
    return {str(key): value or "" for key, value in proxies.items()}


def _cert(said: str, given: object) -> tuple[str, str | None] | None:
    match given:
        case None | "":
            return None
        case str():
            return given, None
        case [str() as certificate, str() as key]:
            return certificate, key
    raise WayError(f"{said}: cert in its extra is neither a path nor two; write [certificate, key]")


def _context(
    said: str, authority: str | None, cert: tuple[str, str | None] | None, *, anew: bool = False
) -> ssl.SSLContext | bool:
    """Return whom to trust and what to show; True for what aiohttp does by itself."""
    if not (authority or cert or anew):
        return True
    try:
        context = ssl.create_default_context(cafile=authority)
    except ssl.SSLError:
        raise WayError(
            f"{said}: verify in its extra leads to a file without a certificate; write the path of one with the "
            "certificate of the CA (PEM)"
        ) from None
    except (OSError, ValueError):
        raise _unreadable(said, "verify") from None
    try:
        if cert:
            context.load_cert_chain(*cert, password="")  # else a protected key is asked for at a terminal
    except ssl.SSLError:
        raise WayError(
            f"{said}: cert in its extra leads to no certificate and its key; write the paths of both (PEM), the key "
            "without a passphrase"
        ) from None
    except (OSError, ValueError):
        raise _unreadable(said, "cert") from None
    return context


def _unreadable(said: str, field: str) -> WayError:
    return WayError(
        f"{said}: {field} in its extra leads to no file that can be read; write the whole path as the services see it, "
        "in the folder of certificates"
    )


def _why_no_trust(code: int | None) -> str:
    if code in _OTHER_NAME:
        return (
            "the server shows a certificate for another name; write as host the name that it is for, or have another "
            "one issued"
        )
    if code in _OUT_OF_TIME:
        return "the server's certificate is not valid now; have it renewed, or set the clock of this machine"
    return (
        "the server shows a certificate that nobody vouches for who is trusted here; if it is of your own CA, write "
        "the path of the CA's certificate (PEM) as verify into the extra"
    )


def _why_no_proxy(status: int) -> str:
    if status == _LOGIN_WANTED:
        return (
            "the proxy takes nothing without user and password, or not these (status 407); write them into its "
            "address, in proxies of the extra or in HTTPS_PROXY"
        )
    return f"the proxy lets nothing through to this host (status {status}); have it allowed there"


def _reason(error: aiohttp.ClientOSError) -> str:
    """Return OpenSSL's word for what went wrong, "" if it was not about encryption."""
    found = re.search(r"\[SSL: (\w+)\]", f"{getattr(error, 'os_error', error)}")
    return found[1] if found else ""
