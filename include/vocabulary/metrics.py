"""What is measured: the names under which numbers go out through Airflow's metrics, to StatsD or OpenTelemetry.

ops/ draws and judges them; tests/test_ops.py holds both sides together.
"""

from typing import Final, Literal, NamedTuple


class Metric(NamedTuple):
    """One number: its name, what it is, by what its values are told apart, and what it says."""

    name: str
    kind: Literal["counter", "gauge", "timer"]
    labels: tuple[str, ...]
    about: str


_GROUP: Final = ("system", "group")
ENDED: Final = Metric("serviceportal.run.ended", "counter", (*_GROUP, "status"), "Runs that ended, by status")
DURATION: Final = Metric("serviceportal.run.duration", "timer", _GROUP, "How long a run took")
SENT: Final = Metric("serviceportal.run.sent", "counter", _GROUP, "Records that the portal acknowledged")
ERRORS: Final = Metric("serviceportal.run.errors", "counter", _GROUP, "Records that were refused or failed")
READ: Final = Metric("serviceportal.run.read", "gauge", _GROUP, "Records that the last run over everything read")
INVALID: Final = Metric("serviceportal.run.invalid", "gauge", _GROUP, "Records of it that failed the own check")
WITHHELD: Final = Metric("serviceportal.run.withheld", "gauge", _GROUP, "Records of it that are not for the portal")
OUTSTANDING: Final = Metric("serviceportal.run.outstanding", "gauge", _GROUP, "Records of it that are still to be sent")
LAST_GOOD: Final = Metric("serviceportal.group.last_good", "gauge", _GROUP, "When the last good run began, Unix time")
LATE: Final = Metric("serviceportal.group.late", "gauge", _GROUP, "1 while a group is without a good run for too long")
STANDING: Final = Metric("serviceportal.alerts.standing", "gauge", ("system",), "States that somebody should know of")
UNSENT: Final = Metric("serviceportal.alerts.unsent", "gauge", ("system",), "Messages that could not be handed over")
LOOKED: Final = Metric("serviceportal.alerts.looked", "gauge", ("system",), "When casavi_alerts last looked, Unix time")

OF_RUN: Final = {"sent": SENT, "errors": ERRORS}
"""Counts of a run that add up."""
OF_WHOLE_RUN: Final = {"read": READ, "invalid": INVALID, "withheld": WITHHELD, "outstanding": OUTSTANDING}
"""Counts of a run over everything, which replace those of the run before."""
METRICS: Final = (ENDED, DURATION, *OF_RUN.values(), *OF_WHOLE_RUN.values(), LAST_GOOD, LATE, STANDING, UNSENT, LOOKED)
