"""Where the pages lie that other parts point at; behind a proxy, below the address of Airflow itself."""

from typing import Final
from urllib.parse import quote

PAGES: Final = "/serviceportal"


def approval_address(system: str, approval: str) -> str:
    """Return the address of a question that waits for a person, such as /serviceportal/approvals/production/4f0c.

    approval: an id of ours, letters and digits
    """
    return f"{PAGES}/approvals/{system}/{approval}"


def why_address(system: str, kind: str, external_id: str) -> str:
    """Return the address of the answer about a record on the page Warum?.

    kind:        what is asked about: property, unit, person, contract, document, report, note
    external_id: any id, as either side writes it
    """
    return f"{PAGES}/why/{kind}/{quote(external_id, safe='')}?system={system}"


def pages_of(system: str, group: str) -> dict[str, str]:
    """Return German name → address of the pages that speak of a group's runs."""
    pages = {
        "Protokoll": f"{PAGES}/protocol?system={system}&group={group}",
        "Freigaben": f"{PAGES}/approvals",
        "Warum?": f"{PAGES}/why?system={system}",
    }
    return pages | ({"Meldungen": f"{PAGES}/reports?system={system}"} if group == "reports" else {})
