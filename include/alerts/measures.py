"""What a look measures, beside what each run says of itself: it comes also while nothing runs."""

from collections.abc import Sequence

from include.alerts.states import Look, State
from include.groups import RUNS
from include.lookup.runs import last_good
from include.sync.metrics import gauge
from include.vocabulary.metrics import LAST_GOOD, LATE


def measure_groups(look: Look, found: Sequence[State]) -> None:
    """Send out of each group when it last ran well, and whether it is late."""
    system, late = look.settings.system, {state.group for state in found if state.kind == "late"}
    for group, moment in last_good(look.engine, system).items():
        gauge(LAST_GOOD, int(moment.timestamp()), system=system, group=group)
    for group in RUNS:
        gauge(LATE, int(group in late), system=system, group=group)
