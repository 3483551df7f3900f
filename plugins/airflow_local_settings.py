"""Airflow imports this from its plugins folder in every process when it starts; it warms those that fork tasks.

A task process is a fork of the scheduler's (LocalExecutor) or the Celery worker's process and has whatever that has
imported. Importing pandas alone takes 1.8 s, half of what an event at a report may take, so it is imported here, once.
"""

import sys
from importlib import import_module

FORK_TASKS = ({"scheduler"}, {"celery", "worker"})
"""Words of the command lines of processes from which tasks are forked."""
WARMED = ("include.groups.reports.run", "include.groups.reports.parcels")
"""Modules that import everything a run of reports uses."""


def warm(command_line: list[str]) -> bool:
    """Import what tasks need if this process forks tasks; returns whether it does."""
    if not any(words <= set(command_line) for words in FORK_TASKS):
        return False
    for module in WARMED:
        import_module(module)
    return True


warm(sys.argv)
