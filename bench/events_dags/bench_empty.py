"""A DAG with one empty task, started by an event: what Airflow itself takes from event to task."""

import time
from pathlib import Path

from airflow.sdk import DAG, Asset, AssetWatcher, task

from bench.file_trigger import FOLDER, FileTrigger

with DAG("bench_empty", schedule=[Asset("bench_empty", watchers=[AssetWatcher("bench_empty", FileTrigger(1))])]):

    @task
    def begin() -> None:
        """Leave the time at which the task's code runs."""
        (Path(FOLDER) / "begun").write_text(str(time.time()))

    begin()
