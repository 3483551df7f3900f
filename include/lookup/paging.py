"""Long lists, a page at a time."""

from typing import Any

from sqlalchemy import Select


def pages_of(total: int, size: int) -> int:
    """Return how many pages of a size so many entries fill, at least one."""
    return max(1, -(-total // size))


def one_page(query: Select[Any], page: int, size: int) -> Select[Any]:
    """Return the query for one page of what an ordered query finds; the first is number 1, as is any below it."""
    return query.limit(size).offset((max(page, 1) - 1) * size)
