"""Where messages lead: to the pages, as people reach them."""

from urllib.parse import urlencode

from airflow.sdk.configuration import conf

from include.vocabulary.addresses import PAGES, approval_address


def protocol() -> str:
    """Return the address of the page Protokoll."""
    return _whole(f"{PAGES}/protocol")


def run(system: str, name: str) -> str:
    """Return the address of one run, by its name in the protocol."""
    return _whole(f"{PAGES}/protocol/run?{urlencode({'system': system, 'run': name})}")


def question(system: str, approval: str) -> str:
    """Return the address of a question on the page Freigaben."""
    return _whole(approval_address(system, approval))


def reports(system: str) -> str:
    """Return the address of the page Meldungen."""
    return _whole(f"{PAGES}/reports?{urlencode({'system': system})}")


def _whole(page: str) -> str:
    return f"{conf.get('api', 'base_url', fallback='').rstrip('/')}{page}"
