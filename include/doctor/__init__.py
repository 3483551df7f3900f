"""What is wrong around one system, all at once: its database and data, settings, portal, files, programs, Airflow.

Nothing is sent and nothing is written; one broken thing never hides the others.
"""

from include.doctor.examination import AREAS, Area, examine
from include.doctor.finding import Finding, Severity, Who, exit_code
from include.doctor.patient import Patient

__all__ = ["AREAS", "Area", "Finding", "Patient", "Severity", "Who", "examine", "exit_code"]
