"""A trigger that looks for a file as often as that of the reports looks for changes, and does nothing else."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

FOLDER = os.environ.get("BENCH_FOLDER", "")


class FileTrigger(BaseEventTrigger):
    """Yields an event when BENCH_FOLDER/event appears, and removes it."""

    def __init__(self, seconds: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow's own
        self.seconds = seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return "bench.file_trigger.FileTrigger", {"seconds": self.seconds}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        event = Path(FOLDER) / "event"
        while True:
            if event.exists():
                event.unlink()
                yield TriggerEvent({})  # type: ignore[no-untyped-call]  # Airflow's own
            await asyncio.sleep(self.seconds * random.uniform(0.5, 1.5))
