"""One odd text or number in an answer does not make all the rest of it unreadable (R58)."""

import json
from math import inf
from typing import Any

import pytest

from include.casavi.answers import read

pytestmark = pytest.mark.rule("R58")


def nested(depth: int) -> Any:
    """Lists in one another."""
    return [nested(depth - 1)] if depth else "x"


def depth_of(value: Any) -> int:
    return 1 + depth_of(value[0]) if isinstance(value, list) and value else 0


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        (rb'["gut", "\ud83d"]', ["gut", "?"]),
        (rb'{"\udc00": "gut"}', {"?": "gut"}),
        (b'["gut", "a\x01\nb"]', ["gut", "a\x01\nb"]),
        (b'["gut", "\xff"]', ["gut", "\ufffd"]),
        (b'\xef\xbb\xbf["gut"]', ["gut"]),
        (b'["gut", ' + b"1" * 5_000 + b"]", ["gut", inf]),
        (b'["gut", 1e999]', ["gut", inf]),
        ('["gut", "🛠️"]'.encode(), ["gut", "🛠️"]),
    ],
)
def test_the_rest_is_read(wire: bytes, expected: object) -> None:
    assert read(wire) == expected


def test_what_is_nested_too_deep_is_none() -> None:
    good, deep = read(json.dumps(["gut", nested(400)]).encode())
    assert (good, depth_of(deep) < 150) == ("gut", True)


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("wire", [b"", b"<html>Wartung</html>", b'{"list": [', b"[" * 100_000])
def test_what_is_no_json_is_none(wire: bytes) -> None:
    assert read(wire) is None
