"""Tables as CSV that a spreadsheet opens as it is: semicolons, a byte order mark, nothing that would be computed."""

import codecs
import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from typing import Final

from fastapi import Response
from fastapi.responses import StreamingResponse

_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_TYPE: Final = "text/csv; charset=utf-8"
Rows = Iterable[Sequence[object]]


def csv_answer(name: str, head: Sequence[str], rows: Rows) -> Response:
    """Return a CSV file to be saved under a name; None becomes an empty cell."""
    content = codecs.BOM_UTF8 + _lines([head, *rows])
    return Response(content, media_type=_TYPE, headers=_saved_as(name))


async def csv_in_parts(name: str, head: Sequence[str], parts: AsyncIterator[Rows]) -> Response:
    """Return the same of any number of rows, of which one part at a time is in memory.

    The first part is read before the answer begins, so that a database that is away says so; one that goes away
    later breaks the file off, which a browser reports.
    """
    begin: list[Sequence[object]] = [head]
    with suppress(StopAsyncIteration):
        begin += await anext(parts)

    async def content() -> AsyncIterator[bytes]:
        yield codecs.BOM_UTF8 + _lines(begin)
        async for part in parts:
            yield _lines(part)

    return StreamingResponse(content(), media_type=_TYPE, headers=_saved_as(name))


def _lines(rows: Rows) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _saved_as(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}


def _plain(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text
