"""The event trigger of casavi_reports. Imported by its DAG file, so it imports nothing heavy."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import aclosing
from importlib import import_module
from typing import Any, Final

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

log = logging.getLogger(__name__)
LONGEST_BACKOFF: Final = 60.0
"""Seconds between attempts when looking itself fails."""


class ReportsTrigger(BaseEventTrigger):
    """Looks every few seconds whether reports changed in iX-Haus or in the portal, and says so once per change.

    The seconds are an average: Airflow collects events once a second too, and two loops of one period would keep step
    for minutes, at worst so that each event just misses its collection.

    It only notices; what has been dealt with the DAG's run writes down. So an event that is lost costs a few minutes,
    until the schedule's next run, and never a report.
    """

    def __init__(self, system: str, seconds: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow's own
        self.system = system
        self.seconds = seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what makes the trigger anew in the triggerer."""
        return "include.groups.reports.watch.trigger.ReportsTrigger", {"system": self.system, "seconds": self.seconds}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield an event per change, for ever; its payload is what `watcher.Change` holds."""
        module = await asyncio.to_thread(
            import_module, "include.groups.reports.watch.watcher"
        )  # seconds, which others need not wait
        failures = 0
        async with aclosing(module.Watcher(self.system)) as watcher:
            while True:
                try:
                    change = await watcher.look()
                    failures = 0
                except Exception as error:  # a trigger that ended would never look again
                    failures += 1
                    log.warning("%s cannot be watched (%s); trying again", self.system, type(error).__name__)
                    change = None
                if change:
                    yield TriggerEvent(change.payload())  # type: ignore[no-untyped-call]  # Airflow's own
                pause = min(self.seconds * 2**failures, max(LONGEST_BACKOFF, self.seconds))
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - no secret, see the class
