"""Watches portal and iX-Haus for changed reports, in Airflow's triggerer; a run starts only when there are any.

It only detects: whatever it says, the run reads for itself, and what it does not say the scheduled run finds.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from time import monotonic
from typing import Any, Final, TypeVar

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

log = logging.getLogger(__name__)
AGAIN_AFTER: Final = 60.0
"""Seconds after which a change that no run has dealt with is told again."""
LONGEST_PAUSE: Final = 300.0
_Result = TypeVar("_Result")


class ReportsTrigger(BaseEventTrigger):
    """Fires when the portal or iX-Haus holds a change of a report that no run has seen."""

    def __init__(self, system: str, every: float) -> None:
        super().__init__()
        self.system = system
        self.every = every

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what Airflow stores of this trigger."""
        return "include.watch.ReportsTrigger", {"system": self.system, "every": self.every}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look again and again; rest longer and longer while one side is away, and never end."""
        failures = 0
        told: dict[str, float] = {}
        while True:
            try:
                async with AsyncExitStack() as stack:
                    look = await self._open(stack)
                    while True:
                        if new := _untold(await look(), told):
                            yield TriggerEvent({"changes": len(new)})
                        failures = 0
                        await asyncio.sleep(self.every)
            except Exception as error:  # whatever it was, tomorrow's reports must be seen
                failures += 1
                pause = min(LONGEST_PAUSE, self.every * 2**failures)
                log.warning("watching %s: %s; next look in %.0f s", self.system, type(error).__name__, pause)
                await asyncio.sleep(pause)

    async def _open(self, stack: AsyncExitStack) -> Callable[[], Any]:
        """Open a session with the portal and one connection to iX-Haus, which live until something fails."""
        from include.casavi.client import open_portal
        from include.ixhaus.database import open_engine, read_snapshot
        from include.settings import load_settings
        from include.watching import changed_in_erp, changed_in_portal

        settings = load_settings(self.system)
        thread = stack.enter_context(ThreadPoolExecutor(1, "watch"))

        async def in_thread(work: Callable[..., _Result], *arguments: Any) -> _Result:
            return await asyncio.get_running_loop().run_in_executor(thread, work, *arguments)

        engine = await in_thread(open_engine, settings.ixhaus_connection)
        portal = await stack.enter_async_context(open_portal(settings.portal_connection, settings.limits))

        def ask_erp() -> tuple[list[str], str | None]:
            with read_snapshot(engine) as connection:
                return changed_in_erp(connection, settings.system)

        async def look() -> list[str]:
            changes, cursor = await in_thread(ask_erp)
            return changes + await changed_in_portal(portal, cursor, in_thread, engine, settings)

        return look


def _untold(changes: list[str], told: dict[str, float]) -> list[str]:
    """Return the changes that were not told yet, or so long ago that their run must have failed."""
    now = monotonic()
    new = [change for change in changes if told.get(change, -AGAIN_AFTER) <= now - AGAIN_AFTER]
    told.update(dict.fromkeys(new, now))
    for change in set(told) - set(changes):
        del told[change]
    return new
