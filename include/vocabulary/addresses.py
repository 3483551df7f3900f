"""Where the pages lie that other parts point at; behind a proxy, below the address of Airflow itself."""

from typing import Final

PAGES: Final = "/serviceportal"


def approval_address(system: str, approval: str) -> str:
    """Return the address of a question that waits for a person, such as /serviceportal/approvals/production/4f0c.

    approval: an id of ours, letters and digits
    """
    return f"{PAGES}/approvals/{system}/{approval}"
