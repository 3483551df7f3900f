"""Where the pages lie that other parts point at; behind a proxy, below the address of Airflow itself."""

from typing import Final
from urllib.parse import quote

PAGES: Final = "/serviceportal"


def approval_address(system: str, approval: str) -> str:
    """Return the address of a question that waits for a person, such as /serviceportal/approvals/production/4f0c."""
    return f"{PAGES}/approvals/{quote(system, safe='')}/{quote(approval, safe='')}"
