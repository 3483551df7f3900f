"""Forgetting a person, and what is old, on the command line."""

import argparse
import json
import sys
from datetime import datetime
from functools import partial
from typing import Final

from include.erasure.forget import forget
from include.erasure.housekeeping import tidy, tidy_airflow
from include.settings import SystemSettings, load_each, load_settings
from include.sync.exit_code import exit_code
from include.vocabulary.clock import utc_now

UNKNOWN: Final = (
    "Nothing is kept under this id, and nothing was removed. If iX-Haus no longer returns the person, write the id of "
    "its contact in the portal, for most the partner's number\n"
)


def erase(given: argparse.Namespace) -> int:
    """Forget a person; returns 1 if there was nothing to forget."""
    if not (given.yes or _is_meant(given)):
        sys.stderr.write("Nothing was removed: the answer was not yes.\n")
        return 1
    settings, by = load_settings(given.system), given.by
    done = forget(settings, given.person, by, utc_now(), although_sent=given.although_sent)
    sys.stdout.write(f"{json.dumps(done)}\n")
    if not done["numbers"]:
        sys.stderr.write(UNKNOWN)
        return 1
    return 0


def tidy_up() -> int:
    """Delete what is old, of each system and of Airflow; what fails is said, and keeps no other from it."""
    systems, now, done = load_each(), utc_now(), dict[str, dict[str, int]]()
    for mistake in systems.mistakes.values():
        sys.stderr.write(f"{mistake.english}\n")
    active = [one for one in systems.sound.values() if one.active]
    failed = [exit_code(partial(_tidy, done, one, now), one.system) for one in active]
    failed.append(exit_code(partial(tidy_airflow, list(systems.sound.values()), now), "Airflow"))
    sys.stdout.write(f"{json.dumps(done)}\n")
    return max(failed) if not systems.mistakes else 1


def _tidy(done: dict[str, dict[str, int]], settings: SystemSettings, now: datetime) -> None:
    done[settings.system] = tidy(settings, now)


def _is_meant(given: argparse.Namespace) -> bool:
    return input(f"Forget {given.person} in {given.system} for good? Write yes: ") == "yes"
