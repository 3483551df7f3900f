"""Where the pages lie that other parts point at; behind a proxy, below the address of Airflow itself."""

from typing import Final

PAGES: Final = "/serviceportal"


def approval_address(system: str, approval: str) -> str:
    """Return the address of a question that waits for a person, such as /serviceportal/approvals/production/4f0c.

    approval: an id of ours, letters and digits
    """
    return f"{PAGES}/approvals/{system}/{approval}"


def pages_of(system: str, group: str) -> dict[str, str]:
    """Return German name → address of the pages that speak of a group's runs."""
    pages = {
        "Protokoll": f"{PAGES}/protocol?system={system}&group={group}",
        "Freigaben": f"{PAGES}/approvals",
        "Warum?": f"{PAGES}/why?system={system}",
    }
    return pages | ({"Meldungen": f"{PAGES}/reports?system={system}"} if group == "reports" else {})
