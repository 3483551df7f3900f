"""Where a key pair may be sent: what the address of the portal, or of another service with a password, has to be."""

import re
from ipaddress import ip_address
from typing import Final

from yarl import URL

from include.settings._values import ConfigurationError
from include.vocabulary.texts import Text

EXAMPLE: Final = "https://portal.example/v2"
_SERVER: Final = re.compile(r"[\w-]+(\.[\w-]+)*\.?|[0-9a-fA-F.]*:[0-9a-fA-F:.]+")


class AddressError(ConfigurationError):
    """An address is not as it must be; `wrong` says how, after the words for what it is the address of. It quotes
    nothing: the address may hold a key.
    """

    def __init__(self, german: str, english: str) -> None:
        self.wrong = Text(german, english)
        super().__init__(self.wrong.english)


def checked_address(text: str) -> URL:
    """Return the address that a text is: https, server, path, and nothing besides.

    A line break would be left out silently, what is behind "?" or "#" lost, and a user in front of the server sent
    along; without encryption anybody on the way could read key and secret, so http leads to this machine itself only.

    Raises AddressError.
    """
    if not text.isprintable() or re.search(r"\s", text):
        raise AddressError(
            "enthält Leerzeichen, Zeilenumbrüche oder Steuerzeichen", "holds blanks or control characters"
        )
    if not re.match(r"https?://", text, re.IGNORECASE):
        raise AddressError("beginnt nicht mit https://", "does not begin with https://")
    if "@" in text.split("/")[2]:
        raise AddressError("enthält einen Benutzer oder ein Passwort", "holds a user or a password")
    if "?" in text or "#" in text:
        raise AddressError("enthält ein ? oder #", "holds a ? or #")
    try:
        url = URL(text)
        is_one = bool(url.host and _SERVER.fullmatch(url.host) and url.port and url.path.isprintable())
    except ValueError:
        is_one = False
    if not is_one:
        raise AddressError("ist keine Adresse", "is no address")
    if not is_safe(url):
        raise AddressError("ist unverschlüsselt (http://)", "is not encrypted (http://)")
    return url


def is_safe(url: URL) -> bool:
    """Return whether a password may go there: encrypted, or to this machine itself."""
    return bool(url.scheme == "https" and url.host) or (url.scheme == "http" and is_here(url))


def is_here(url: URL) -> bool:
    """Return whether an address is one of this machine itself."""
    try:
        return url.host == "localhost" or ip_address(url.host or "").is_loopback
    except ValueError:
        return False
