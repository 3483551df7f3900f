"""How commands begin and end: addresses last, one sentence for what is wrong, silence where Ctrl-C breaks one off."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import psutil
import pytest

from demo import embedded, up
from demo.ports import PortTakenError
from demo.up import run_airflow
from include.vocabulary.ending import to_its_end

ROOT = Path(__file__).parents[2]
AIRFLOW = f"""#!{sys.executable}
import os, subprocess, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
subprocess.Popen(["sleep", "600"])  # outlives what has started it, as Airflow's own processes do
print("scheduler | noise", flush=True)
HTTPServer(("127.0.0.1", int(os.environ["AIRFLOW__API__PORT"])), Health).serve_forever()
"""
UP = """
import sys
from pathlib import Path
from demo.up import run_airflow
sys.exit(run_airflow(Path(sys.argv[1]), "http://127.0.0.1:8095", lambda what: print(what, flush=True)))
"""


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def program(folder: Path, text: str) -> str:
    """A PATH on which `airflow` is this program."""
    path = folder / "airflow"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def test_the_pages_open_with_data_in_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []

    def airflow(*_: object) -> int:
        begun.append("airflow")
        return 0

    monkeypatch.setattr(embedded, "prepare", lambda _home: None)
    monkeypatch.setattr(embedded, "sandbox", lambda _home: nullcontext("http://127.0.0.1:8095"))
    monkeypatch.setattr(embedded, "run_airflow", airflow)
    monkeypatch.setattr(embedded, "_first_run", lambda: begun.append("sync"))
    for runs, wanted in (([], ["sync", "airflow"]), ([{"run": "casavi_objects/1"}], ["airflow"])):
        begun.clear()
        monkeypatch.setattr(embedded, "collect", lambda _last, found=runs: found)
        assert (embedded.up(tmp_path), begun) == (0, wanted)


def test_the_addresses_stand_last_and_ctrl_c_ends_all_that_was_started(tmp_path: Path, port: int) -> None:
    there = {**os.environ, "PATH": program(tmp_path, AIRFLOW), "AIRFLOW__API__PORT": str(port), "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen([sys.executable, "-c", UP, str(tmp_path)], env=there, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    first, last = running.stdout.readline(), running.stdout.readline()
    assert f"its log: {tmp_path}/airflow.log" in first
    assert f"Portal sandbox: http://127.0.0.1:8095   Airflow: http://127.0.0.1:{port} " in last
    (started,) = psutil.Process(running.pid).children()
    running.send_signal(signal.SIGINT)
    assert (running.communicate(timeout=60)[0], running.returncode) == ("", 0)
    with pytest.raises(ProcessLookupError):
        os.killpg(started.pid, 0)
    assert (tmp_path / "airflow.log").read_text(encoding="utf-8").startswith("scheduler | noise")


def test_what_does_not_start_is_said_with_where_the_reason_stands(
    tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", program(tmp_path, "#!/bin/sh\necho why; exit 3\n"))
    monkeypatch.setenv("AIRFLOW__API__PORT", str(port))
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTION_API_SERVER_URL", "")
    before = signal.getsignal(signal.SIGTERM)
    assert run_airflow(tmp_path, "", lambda _: None) == 1
    signal.signal(signal.SIGTERM, before)
    assert capsys.readouterr().err == f"Airflow has ended by itself with 3; {tmp_path}/airflow.log says why\n"
    assert (tmp_path / "airflow.log").read_text(encoding="utf-8") == "why\n"


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The usual port, which another program has; nobody asked for any."""
    for name in ("AIRFLOW__API__PORT", "AIRFLOW__API__BASE_URL", "AIRFLOW__CORE__EXECUTION_API_SERVER_URL"):
        monkeypatch.setenv(name, "")  # so that it is undone
        monkeypatch.delenv(name)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port: int = other.getsockname()[1]
        monkeypatch.setattr(up, "USUAL", port)
        yield port


def test_where_another_program_listens_airflow_takes_a_free_port_and_its_tasks_know(
    tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = 'echo "$AIRFLOW__API__PORT $AIRFLOW__CORE__EXECUTION_API_SERVER_URL"'
    monkeypatch.setenv("PATH", program(tmp_path, f"#!/bin/sh\n{told}; exit 3\n"))
    before = signal.getsignal(signal.SIGTERM)
    said: list[str] = []
    assert run_airflow(tmp_path, "", said.append) == 1
    signal.signal(signal.SIGTERM, before)
    port, address = (tmp_path / "airflow.log").read_text(encoding="utf-8").split()
    assert int(port) != taken
    assert said[0] == f"Another program has port {taken}: this time Airflow uses {port}."
    assert address == f"http://127.0.0.1:{port}/execution/"


def test_a_port_that_was_asked_for_is_that_or_none(tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__API__PORT", str(taken))
    with pytest.raises(PortTakenError, match=f"AIRFLOW__API__PORT={taken}: another program has this port"):
        run_airflow(tmp_path, "", pytest.fail)


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "file" / "home"))
    before = os.umask(0o022)
    assert embedded.main(["sync"]) == 1
    os.umask(before)
    said = capsys.readouterr().err
    assert said.startswith(f"{tmp_path}/file/home: not a directory; ")
    assert said.count("\n") == 1


def ended(program: str) -> tuple[int, str]:
    """Exit code and errors of a command whose reader goes at once."""
    text = f"import sys\nfrom include.vocabulary.ending import to_its_end\nsys.exit(to_its_end({program}))"
    command = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
    assert command.stdout is not None
    assert command.stderr is not None
    command.stdout.close()
    said = command.stderr.read().decode()
    command.stderr.close()
    return command.wait(60), said


def test_a_reader_that_goes_is_no_error_but_another_pipe_that_breaks_is() -> None:
    assert ended("lambda: print('x' * 1_000_000) or 0") == (0, "")

    def fail() -> int:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        to_its_end(fail)


@pytest.mark.parametrize("end", [KeyboardInterrupt, EOFError])
def test_ctrl_c_or_nobody_who_answers_ends_a_command_without_a_traceback(end: type[BaseException]) -> None:
    def broken_off() -> int:
        raise end

    assert to_its_end(broken_off) == 130


def test_a_python_that_is_not_supported_is_refused_by_its_name(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").touch()
    python = tmp_path / "python"
    change = "import sys; sys.version_info = (3, 14, 0); exec(sys.argv[1])"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{change}" "$2"\n', encoding="utf-8")
    python.chmod(0o755)
    command = ["make", "--no-print-directory", "sync", f"PYTHON={python}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Python 3.14 is not supported, 3.11 to 3.13 are: make PYTHON=python3.12 ...\n")
    assert not (tmp_path / ".venv").exists()
