"""Addresses to which a key may go, and such to which it may not: through every entrance the same."""

from typing import Final

GOOD: Final = (
    "https://portal.example/v2", "https://portal.example", "https://portal.example:8443/api/v2/", "HTTPS://Portal.Example/v2",
    "https://müller.example/v2", "https://192.0.2.7/v2", "https://[2001:db8::7]/v2", "https://portal/v2",
    "http://127.0.0.1:8095/v2", "http://localhost:8095/v2", "http://[::1]:8095/v2",
)  # fmt: skip
BLANKS: Final = "holds blanks or control characters"
USER: Final = "holds a user or a password"
MORE: Final = "holds a ? or #"
NO_SCHEME: Final = "does not begin with https://"
NONE: Final = "is no address"
OPEN: Final = "is not encrypted (http://)"
BAD: Final = {
    "portal.example/v2": NO_SCHEME, "ftp://portal.example/v2": NO_SCHEME, "v2://127.0.0.1:8095": NO_SCHEME,
    "https:portal.example": NO_SCHEME, "httpss://portal.example": NO_SCHEME, "//portal.example": NO_SCHEME,
    "http://portal.example/v2": OPEN, "http://10.0.0.7:8095/v2": OPEN, "http://demo:8095/v2": OPEN,
    "http://127.0.0.1.evil.example/v2": OPEN, "http://localhost.evil.example": OPEN, "HTTP://portal.example": OPEN,
    "https://user:pw@portal.example/v2": USER, "https://user@portal.example": USER, "https://@portal.example": USER,
    "http://key:secret@127.0.0.1:8095/v2": USER, "https://portal.example\\@evil.example/v2": USER,
    "https://portal.example/v2?key=1": MORE, "https://portal.example/v2?": MORE, "https://portal.example?a": MORE,
    "https://portal.example/v2#top": MORE, "https://portal.example#": MORE,
    "https://portal.example/v2\nHost: x": BLANKS, "https://portal.\r\nexample/v2": BLANKS,
    "https://portal.example/a b": BLANKS, "ht\ntps://portal.example": BLANKS,
    "https://portal.example/\tv2": BLANKS, "https://portal\0.example": BLANKS, "https://portal.example/\x7f": BLANKS,
    "https://portal.example/\u200bv2": BLANKS, "https://portal.example/\u2028v2": BLANKS,
    "https://": NONE, "https:///v2": NONE, "https://portal.example:port/v2": NONE, "https://portal.example:99999": NONE,
    "https://portal.example:0/v2": NONE, "https://[portal/v2": NONE, "https://*/v2": NONE, "https://a,b/v2": NONE,
    "https://portal%20example/v2": NONE, "https://./v2": NONE, "https://portal..example": NONE,
    "https://portal.example\\v2": NONE, "https://portal.example/v2%0d%0aHost:x": NONE,
}  # fmt: skip
"""Address → what is wrong with it."""
