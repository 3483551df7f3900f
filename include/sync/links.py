"""Where messages and logs lead: to the pages, as people reach them; below no address where Airflow is told none."""

from urllib.parse import urlencode

from include.vocabulary.addresses import PAGES, approval_address, why_address


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


def why(system: str, record_type: str, external_id: str) -> str:
    """Return the address that says why a record is in the portal or not."""
    return _whole(why_address(system, record_type, external_id))


def _whole(page: str) -> str:
    from airflow.sdk.configuration import conf  # only who says an address pays for it

    return f"{conf.get('api', 'base_url', fallback='').rstrip('/')}{page}"
