"""Texts from the portal as iX-Haus keeps them: readable text without markup, cut where it is too long (E50)."""

import re
from html.parser import HTMLParser
from typing import Any, Final

from include.vocabulary.signs import cut, readable

_HALVES: Final = re.compile("[\ud800-\udfff]")
_LONE_AMPERSAND: Final = re.compile(r"&(?!#[0-9]+;|#[xX][0-9a-fA-F]+;|[a-zA-Z][a-zA-Z0-9]*;)")
_ANGLE: Final = re.compile(r"<(?:(?P<slash>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])(?P<rest>[^<>]*)>)?")
_SWITCHES: Final = (
    "allowfullscreen|async|autofocus|autoplay|checked|compact|controls|default|defer|disabled|download|hidden|ismap|"
    "loop|multiple|muted|nohref|noshade|novalidate|nowrap|open|readonly|required|reversed|selected"
)
"""Attributes that have no value; whatever else stands without one is a word."""
_ATTRIBUTES: Final = re.compile(
    rf"(?:\s+(?:[a-z_:][\w:.-]*\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'`]+)|(?:{_SWITCHES})(?![\w:.-])))*\s*/?\s*", re.I
)
_DROPPED: Final = ("script", "style")
# fmt: off
_BREAKS: Final = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dialog",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "head", "header", "hr", "html", "legend", "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul",
))
_EMPTY_WITHOUT: Final = frozenset((
    "area", "base", "col", "embed", "frame", "img", "input", "link", "meta", "param", "source", "track",
))
"""Elements that are nothing without an attribute: "<Link>" is a word."""
_INLINE: Final = frozenset((
    "a", "abbr", "acronym", "applet", "area", "audio", "b", "base", "bdi", "bdo", "big", "button", "canvas", "cite",
    "code", "col", "colgroup", "data", "datalist", "del", "dfn", "em", "embed", "font", "frame", "frameset", "i",
    "iframe", "img", "input", "ins", "kbd", "label", "link", "map", "mark", "math", "meta", "meter", "noframes",
    "noscript", "object", "optgroup", "output", "param", "picture", "progress", "q", "rp", "rt", "ruby", "s",
    "samp", "select", "slot", "small", "source", "span", "strike", "strong", "sub", "sup", "svg", "template",
    "textarea", "time", "track", "tt", "u", "var", "video", "wbr",
))
# fmt: on


def plain(text: str) -> str:
    """Return a text as it reads, without markup.

    Elements of HTML go, with a new line where a block begins or ends; scripts and styles go with their content.
    Entities are resolved once, so what was written as &lt;b&gt; reads <b> and stays that. What merely looks like
    markup ("2 < 3 & 4", "<Müller>", "<Link siehe unten>") stays. Control characters go, line ends become LF.
    """
    shown = _readable(text)
    if "<" not in shown and "&" not in shown:
        return shown
    reader = _Reader()
    reader.feed(_well_formed(shown))
    reader.close()
    found = _readable("".join(reader.parts))
    return found.strip("\n") if reader.has_blocks else found


def one_line(text: str, limit: int) -> str:
    """Return a text as `plain` does, in one line of at most `limit` characters."""
    return cut(" ".join(plain(text).split()), limit)


def storable(value: Any) -> Any:
    """Return what JSON said with a mark in place of what no database stores: halves of characters."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {storable(name): storable(one) for name, one in value.items()}
    return [storable(one) for one in value] if isinstance(value, list) else value


def _readable(text: str) -> str:
    return _HALVES.sub("", readable(text))


def _well_formed(text: str) -> str:
    """Return the text with nothing in it that parsers disagree about: only the elements that mean something here,
    without attributes, and every other angle bracket and ampersand as an entity.
    """
    text = _LONE_AMPERSAND.sub("&amp;", _without_comments(text))
    lowered = text.lower()
    last_end = {name: lowered.rfind(f"</{name}") for name in _DROPPED}

    def rewritten(found: re.Match[str]) -> str:
        name = (found["name"] or "").lower()
        if name in _DROPPED and (found["slash"] or found.start() < last_end[name]):  # else all the rest would go
            return f"<{found['slash']}{name}>"
        if not _is_element(name, found):
            return f"&lt;{found[0][1:]}"
        if name in _BREAKS:
            return "<br>" if name == "br" else "<p>"
        return ""

    return _ANGLE.sub(rewritten, text)


def _is_element(name: str, found: re.Match[str]) -> bool:
    """Whether this is one of HTML's elements, and not a tenant's words that begin like one."""
    if name not in _BREAKS and name not in _INLINE and name not in _DROPPED:
        return False
    if found["slash"]:
        return not found["rest"].strip()
    is_bare = not found["rest"].strip(" \t\n/")
    return name not in _EMPTY_WITHOUT if is_bare else bool(_ATTRIBUTES.fullmatch(found["rest"]))


def _without_comments(text: str) -> str:
    parts, place = [], 0
    while (start := text.find("<!--", place)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts.append(text[place:start])
        place = end + len("-->")
    return "".join([*parts, text[place:]])


class _Reader(HTMLParser):
    """Collects what a well-formed text says."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.has_blocks = False
        self._is_dropping = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_dropping |= tag in _DROPPED
        self.has_blocks |= tag == "p"
        if tag == "br" or (tag == "p" and self.parts and not self.parts[-1].endswith("\n")):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._is_dropping = False

    def handle_data(self, data: str) -> None:
        if not self._is_dropping and data:
            self.parts.append(data)
