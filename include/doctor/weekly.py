"""The doctor in an Airflow task: into its log, and red where something does not work."""

import logging
from typing import Final

from include.doctor.airflow import last_runs, version
from include.doctor.examination import AREAS, examine
from include.doctor.finding import SEVERITIES, Severity
from include.doctor.patient import Patient
from include.settings import load_settings

log = logging.getLogger(__name__)
IN_A_TASK: Final = (*AREAS[:-1], AREAS[-1]._replace(checks=(version, last_runs)))
"""A task may not look into Airflow's own database; the command and the page do."""
_LEVELS: Final = {Severity.ERROR: logging.ERROR, Severity.WARNING: logging.WARNING}


def look(system: str) -> dict[str, int]:
    """Examine a system, log each finding, and return how many there are of each severity.

    raises: ConfigurationError if the settings are wrong
    """
    findings = examine(Patient(load_settings(system)), IN_A_TASK)
    for one in findings:
        texts = (one.where, one.what.english, one.remedy.english, one.who.value.english)
        log.log(_LEVELS.get(one.severity, logging.INFO), "%s: %s %s (%s)", *texts)
    return {text.english: sum(one.severity is severity for one in findings) for severity, text in SEVERITIES.items()}
