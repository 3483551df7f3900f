"""Where the pages lie that other parts point at; behind a proxy, below the address of Airflow itself."""

from typing import Final
from urllib.parse import quote

PAGES: Final = "/serviceportal"
NAMED: Final = {
    "Heute": f"{PAGES}/today", "Protokoll": f"{PAGES}/protocol", "Freigaben": f"{PAGES}/approvals",
    "Meldungen": f"{PAGES}/reports", "Warum?": f"{PAGES}/why", "Einstellungen": f"{PAGES}/configuration",
}  # fmt: skip
"""German name → address of each page."""


def approval_address(system: str, approval: str) -> str:
    """Return the address of a question that waits for a person, such as /serviceportal/approvals/production/4f0c.

    approval: an id of ours, letters and digits
    """
    return f"{PAGES}/approvals/{system}/{approval}"


def why_address(system: str, kind: str, external_id: str) -> str:
    """Return the address that says why a record is in the portal or not: /serviceportal/why/unit/100%2F1?system=test.

    kind: a record type, or what the page Warum? calls it (see lookup/kinds.py)
    """
    return f"{PAGES}/why/{kind}/{quote(external_id, safe='')}?system={system}"


def pages_of(system: str, group: str) -> dict[str, str]:
    """Return German name → address of the pages that speak of a group's runs."""
    pages = {
        "Protokoll": f"{NAMED['Protokoll']}?system={system}&group={group}",
        "Freigaben": NAMED["Freigaben"],
        "Warum?": f"{NAMED['Warum?']}?system={system}",
    }
    return pages | ({"Meldungen": f"{NAMED['Meldungen']}?system={system}"} if group == "reports" else {})
