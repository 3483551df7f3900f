"""Where a task's log leads on: to the pages that say more of the run, and of the records that it names."""

import logging
from typing import Final

from sqlalchemy import Engine

from include.casavi.endpoints import ENDPOINTS
from include.sync import links
from include.sync.protocol import RunKey, first_wrong

log = logging.getLogger(__name__)
NAMED: Final = 5
"""So many records are named; the run's page has all of them."""


def log_pages(engine: Engine, run: RunKey, *, has_wrong: bool) -> None:
    """Log the address of an ended run's page; before it, of the first records that were refused or that staff must
    correct, the address of the page Warum?: ids and reasons, nothing of what they hold.

    has_wrong: whether there may be any of these
    """
    for entry in first_wrong(engine, run, tuple(ENDPOINTS), NAMED) if has_wrong else ():
        page = links.why(run.system, entry.record_type, entry.external_id)
        log.info("%s %s %s (%s): %s", entry.level.value, entry.record_type, entry.external_id, entry.reason, page)
    log.info("this run in the protocol: %s", links.run(run.system, run.name))
