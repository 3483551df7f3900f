"""When staff get their summary. Imported by a DAG file, so it imports nothing heavy."""

from airflow.sdk import CronTriggerTimetable

from include.settings import ConfigurationError, load_settings


def morning(system: str) -> CronTriggerTimetable | None:
    """Return when a system's summary comes; None where nobody gets one, or the settings are wrong, of which others
    tell.
    """
    try:
        settings = load_settings(system)
    except ConfigurationError:
        return None
    alerts = settings.alerts
    if not (settings.active and alerts.morning and alerts.morning_to):
        return None
    return CronTriggerTimetable(alerts.morning, timezone="Europe/Berlin")
