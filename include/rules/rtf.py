"""Texts that an editor stored as RTF: what they say, without how it looks (E50)."""

import re
from typing import Final

from striprtf.striprtf import rtf_to_text

START: Final = r"^\s*\{\\rtf"
"""Matches a text that is RTF."""
_IS_RTF: Final = re.compile(START)
_PICTURE: Final = re.compile(r"[0-9a-f\r\n]{256,}", re.IGNORECASE)
"""Bytes of a picture: no words, and megabytes of them."""


def spoken(text: str) -> str:
    """Return what an RTF text says; any other text, and RTF that nobody can read, stays as it is: the payload refuses
    the latter, so that it is named and never shown.
    """
    if not _IS_RTF.match(text):
        return text
    try:
        said: str = rtf_to_text(_PICTURE.sub("", text), errors="replace")
    except (ValueError, LookupError, OverflowError):  # a number, a code page, a letter that there is not
        return text
    is_broken_off = not text.rstrip().rstrip("\0").endswith("}")
    return text if is_broken_off and not said.strip() else _paired(said)


def _paired(text: str) -> str:
    """Return the text with emoji, which RTF writes in two halves, whole."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
