"""What a person does: the REST API, used by the office's account."""

import json
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from rig.telling import SmokeError, wait

OFFICE: Final = "buero"
"""Starts runs and answers questions with the role `user`, as the property manager's staff do."""


class Airflow:
    """The REST API, used by the office's account."""

    def __init__(self, address: str, password: str) -> None:
        self._address = address
        self._token = ""
        answer = self.send("POST", "/auth/token", {"username": OFFICE, "password": password})
        self._token = answer["access_token"]

    def send(self, method: str, path: str, body: object = None) -> Any:
        """One request; returns the answer's JSON, raises SmokeError if it is refused."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        data = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(self._address + path, data, headers, method=method), timeout=30) as answer:
                return json.load(answer)
        except HTTPError as error:
            raise SmokeError(f"{method} {path}: {error.code} {error.read().decode()[:500]}") from None
        except URLError as error:
            raise SmokeError(f"{method} {path}: {error.reason}") from None

    def unpause(self, dag: str) -> None:
        """Switch a DAG on, as soon as the DAG processor has read it."""

        def is_read() -> bool | None:
            return True if dag in [item["dag_id"] for item in self.send("GET", "/api/v2/dags")["dags"]] else None

        wait(f"{dag} is read", is_read)
        self.send("PATCH", f"/api/v2/dags/{dag}", {"is_paused": False})

    def pause(self, dag: str) -> None:
        """Switch a DAG off; what runs goes on."""
        self.send("PATCH", f"/api/v2/dags/{dag}", {"is_paused": True})

    def running(self, dag: str) -> bool:
        """Whether a run of a DAG has not ended."""
        runs = self.send("GET", f"/api/v2/dags/{dag}/dagRuns")["dag_runs"]
        return any(run["state"] not in ("success", "failed") for run in runs)

    def approve(self, dag: str, run: str, task: str) -> None:
        """Say yes to what a task asks; `task` with its map index, such as ask.approve/0."""
        path = f"/api/v2/dags/{dag}/dagRuns/{quote(run, safe='')}/taskInstances/{task}/hitlDetails"
        self.send("PATCH", path, {"chosen_options": ["Approve"], "params_input": {}})

    def trigger(self, dag: str, **conf: object) -> str:
        """Start a run; returns its id."""
        run = self.send("POST", f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None, "conf": conf})
        return str(run["dag_run_id"])

    def run_ids(self, dag: str) -> list[str]:
        """All runs of a DAG."""
        return [run["dag_run_id"] for run in self.send("GET", f"/api/v2/dags/{dag}/dagRuns")["dag_runs"]]

    def run_like(self, dag: str, kind: str, seconds: float = 60) -> str:
        """Wait for a run whose id begins with `kind`; returns its id."""
        return wait(
            f"a {kind} run of {dag}",
            lambda: next((run for run in self.run_ids(dag) if run.startswith(kind)), None),
            seconds,
        )

    def tasks(self, dag: str, run: str) -> dict[str, dict[str, Any]]:
        """Task (with its map index, if it has one) → task instance."""
        found = self.send("GET", f"/api/v2/dags/{dag}/dagRuns/{quote(run, safe='')}/taskInstances?limit=200")
        return {
            task["task_id"] + (f"[{task['map_index']}]" if task["map_index"] >= 0 else ""): task
            for task in found["task_instances"]
        }

    def finish(self, dag: str, run: str, seconds: float = 90) -> None:
        """Wait until a run has succeeded."""

        def ended() -> str | None:
            state = str(self.send("GET", f"/api/v2/dags/{dag}/dagRuns/{quote(run, safe='')}")["state"])
            return state if state in ("success", "failed") else None

        if wait(f"{dag} {run} ends", ended, seconds) == "failed":
            failed = {name: task["state"] for name, task in self.tasks(dag, run).items() if task["state"] != "success"}
            raise SmokeError(f"{dag} {run} failed: {failed}")

    def protocol(self, dag: str, run: str) -> dict[str, Any]:
        """Wait until a run has succeeded; returns its protocol."""
        self.finish(dag, run)
        entry = f"/api/v2/dags/{dag}/dagRuns/{quote(run, safe='')}/taskInstances/protocol/xcomEntries/return_value"
        value = self.send("GET", entry)["value"]
        return dict(json.loads(value) if isinstance(value, str) else value)
