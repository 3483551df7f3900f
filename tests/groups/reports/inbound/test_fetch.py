"""A file is fetched in bounded memory and never beyond its limit, whatever its host says about its size."""

import asyncio
from collections.abc import AsyncGenerator
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest

from include.casavi.client import _save_bounded


def answer(content: bytes, length: int | None) -> Any:
    async def pieces(size: int) -> AsyncGenerator[bytes]:
        for start in range(0, len(content), size):
            yield content[start : start + size]

    return SimpleNamespace(content_length=length, content=SimpleNamespace(iter_chunked=pieces))


@pytest.mark.rule("E51")
@pytest.mark.parametrize("says", [None, 0, 10**6])
@pytest.mark.parametrize(("limit", "is_whole"), [(200_000, True), (199_999, False), (0, False)])
def test_the_limit_holds_whatever_the_host_says(says: int | None, limit: int, is_whole: bool) -> None:
    file, content = BytesIO(), b"x" * 200_000
    saved = asyncio.run(_save_bounded(answer(content, says), limit, file))
    assert saved is (is_whole and says != 10**6)
    assert len(file.getvalue()) <= limit
    assert not saved or file.getvalue() == content
