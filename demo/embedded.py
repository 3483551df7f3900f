"""The embedded default: real Airflow, a sample iX-Haus and the sandbox portal inside the checkout, with one command.

    python -m demo.embedded sync       run every DAG once and print the protocol
    python -m demo.embedded reconcile  compare the sandbox portal with sample and ledger, print what was found
    python -m demo.embedded up         Airflow with its pages, and the sandbox, until Ctrl-C
    python -m demo.embedded protocol   print the last runs
    python -m demo.embedded note M-R35 "Wir kommen."   write a note into the sample
    python -m demo.embedded setup production  ask for a system's first settings and write them
    python -m demo.embedded keys production   store the portal's key and secret, each entered twice
    python -m demo.embedded doctor production  say what is wrong around a system, and who sees to it
    python -m demo.embedded forget production 100.1.1   remove a person from portal, ledger, protocol, Airflow and logs
    python -m demo.embedded probe test 100    measure what is not known of the portal
    python -m demo.embedded airflow …  any Airflow command in the same environment

Only fills in what the environment does not already say, so that every command also works against a real installation.
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from demo.breaking_off import closed_at_ctrl_c
from demo.ports import PortTakenError, is_ours, port_of, settle_port
from demo.up import run_airflow
from include.commands import (
    ROOT,
    add_doctor,
    add_erasure,
    add_keys,
    add_probe,
    add_protocol,
    add_setup,
    collect,
    enter_keys,
    make_pools,
    measure,
    migrate,
    show,
    spoken,
)
from include.groups import GROUPS, RECONCILIATION
from include.vocabulary.ending import to_its_end

DEMO_KEY, DEMO_SECRET = "demo-key", "demo-secret"  # the sandbox's published demo key pair, no secret
DOCUWARE: Final = "/docuware/DocuWare/Platform"
"""Where the sandbox plays DocuWare as well."""
OF_SAMPLE_OR_REAL: Final = ("doctor", "forget", "tidy")
"""Commands for the sample, or for a real system where the environment names one."""
PRIVATE: Final = 0o077
"""What nobody but the owner may do with files: databases, staging, logs and keys of the sample stand for real ones."""
SYNCED: Final = tuple(f"casavi_{name}" for name in GROUPS)
"""The DAGs of a full run, in order."""


class SandboxError(Exception):
    """The sandbox portal does not start; the message is a sentence."""


def sandbox_address(home: Path) -> str:
    """Return where the sandbox portal is served."""
    return f"http://127.0.0.1:{port_of(home)}"


def environment(home: Path) -> dict[str, str]:
    """Return the environment of the embedded default, with everything below `home`."""
    portal = {
        "conn_type": "http", "host": f"{sandbox_address(home)}/v2", "login": DEMO_KEY, "password": DEMO_SECRET,
    }  # fmt: skip
    return {
        "AIRFLOW_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",  # an event's run begins half a second sooner
        "AIRFLOW__API__HOST": "127.0.0.1",
        "SERVICEPORTAL_CONFIG": str(ROOT / "demo" / "config"),
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS": "0o700",  # Airflow sets them whatever the umask
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS": "0o600",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW_CONN_IXHAUS_PRODUCTION": json.dumps({"conn_type": "sqlite", "host": str(home / "ixhaus.db")}),
        "AIRFLOW_CONN_CASAVI_PRODUCTION": json.dumps(portal),
        "AIRFLOW_CONN_DOCUMENTS_PRODUCTION": json.dumps(
            {"conn_type": "fs", "extra": {"path": str(home / "dokumente")}}
        ),
        "AIRFLOW_CONN_DOCUWARE_PRODUCTION": json.dumps(portal | {"host": f"{sandbox_address(home)}{DOCUWARE}"}),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run one of the commands above and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m demo.embedded", description=(__doc__ or "").split("\n", 1)[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("sync", help="run every DAG once and print the protocol")
    commands.add_parser("reconcile", help="compare the sandbox portal with sample and ledger")
    commands.add_parser("up", help="Airflow with its pages, and the sandbox, until Ctrl-C")
    add_protocol(commands)
    add_keys(commands)
    add_setup(commands)
    add_probe(commands)
    add_doctor(commands)
    add_erasure(commands)
    note = commands.add_parser("note", help="write a note into the sample iX-Haus, or list its open reports")
    note.add_argument("report", nargs="?", default="")
    note.add_argument("text", nargs="?", default="")
    note.add_argument("--internal", action="store_true", help="not for the portal")
    commands.add_parser("airflow", help="any Airflow command", add_help=False)
    known, rest = parser.parse_known_args(arguments)
    home = Path(os.environ.get("AIRFLOW_HOME", ROOT / ".airflow")).resolve()
    os.umask(PRIVATE)
    given = sys.argv[1:] if arguments is None else arguments
    try:
        return _run(known, rest, given, home)
    except (PortTakenError, SandboxError) as mistake:
        sys.stderr.write(f"{mistake}\n")
    except subprocess.CalledProcessError as failed:
        sys.stderr.write(f"{' '.join(failed.cmd)} has failed ({failed.returncode}); what it says stands above\n")
    except OSError as error:
        if not error.filename:
            raise
        what = (error.strerror or type(error).__name__).lower()
        sys.stderr.write(f"{error.filename}: {what}; everything of the sample is written below {home} (AIRFLOW_HOME)\n")
    return 1


def _run(known: argparse.Namespace, rest: list[str], given: list[str], home: Path) -> int:
    _set_environment(home, known.command)
    if known.command == "airflow":
        return subprocess.call(["airflow", *rest])
    if known.command == "protocol":
        show(known.format, known.last)
        return 0
    if known.command in ("keys", "probe", "setup") and home == ROOT / ".airflow":  # else it is not ours to migrate
        migrate(home)
    if known.command == "keys":
        return enter_keys(known.system, language=spoken(known.language))
    if known.command == "probe":
        return measure(known.system, known.property, is_meant=known.yes_production)
    if known.command == "setup":  # of a real system, even where the environment names none yet
        os.execv(sys.executable, [sys.executable, "-m", "include.commands", *given])  # noqa: S606 - ourselves
    if known.command in OF_SAMPLE_OR_REAL:
        with sample(home):  # in a process of its own, which finds keys and settings as every other one would
            return subprocess.call([sys.executable, "-m", "include.commands", *given])
    if known.command == "note":
        return write_note(home, known.report, known.text, is_public=not known.internal)
    return {"sync": sync, "reconcile": reconcile, "up": up}[known.command](home)


def _set_environment(home: Path, command: str) -> None:
    is_sample = _names_sample(home)
    if command in ("sync", "reconcile", "up") or (command in OF_SAMPLE_OR_REAL and is_sample):
        settle_port(home, _say)
    given = environment(home)
    if command in ("keys", "probe", "setup") or (command in OF_SAMPLE_OR_REAL and not is_sample):  # for a real system
        given.pop("SERVICEPORTAL_CONFIG")
    if command == "setup":  # whose connections are its own, or not there yet
        given = {name: value for name, value in given.items() if not name.startswith("AIRFLOW_CONN_")}
    for name, value in given.items():
        os.environ.setdefault(name, value)


def _names_sample(home: Path) -> bool:
    """Whether the environment names no other database and portal than the sample's."""
    ours = environment(home)
    names = ("AIRFLOW_CONN_IXHAUS_PRODUCTION", "AIRFLOW_CONN_CASAVI_PRODUCTION")
    return all(os.environ.get(name, ours[name]) == ours[name] for name in names)


def write_note(home: Path, report_nr: str, text: str, *, is_public: bool) -> int:
    """Write a note into the sample as staff would, or list its open reports; returns 1 with a sentence if refused."""
    from demo.ixhaus.notes import NoteRefusedError, add_note, open_reports
    from include.ixhaus.database import open_engine
    from include.settings import load_settings
    from include.vocabulary.clock import utc_now

    name, settings = "AIRFLOW_CONN_IXHAUS_PRODUCTION", load_settings("production")
    try:
        if os.environ[name] == environment(home)[name] and not (home / "ixhaus.db").exists():
            raise NoteRefusedError("there is no sample iX-Haus yet; make sync builds it")
        engine = open_engine(settings.ixhaus_connection)
        if report_nr:
            note_id = add_note(engine, report_nr, text, utc_now(), is_public=is_public)
            _say(f"{note_id} is written; the next run of casavi_reports sees it")
        else:
            for number, subject in open_reports(engine, list(settings.closing_statuses)):
                _say(f"{number:<16} {subject}")
    except NoteRefusedError as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    return 0


def sync(home: Path) -> int:
    """Run every DAG once through Airflow and print the protocol; returns 0 if every run was clean."""
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR")
    _say("Airflow's database and the sample iX-Haus …")
    prepare(home)
    with sandbox(home):
        states = [_test_run(home, name) for name in SYNCED]
    show("table", last=len(states))
    return 0 if set(states) == {"success"} else 1


def reconcile(home: Path) -> int:
    """Run casavi_reconcile once through Airflow and print what it found; returns 0 if it was clean."""
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR")
    prepare(home)
    with sandbox(home):
        state = _test_run(home, f"casavi_{RECONCILIATION.name}")
    show("table", last=1)
    return 0 if state == "success" else 1


def _say(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def _test_run(home: Path, name: str) -> str:
    from airflow.dag_processing.dagbag import DagBag
    from rich.console import Console

    from demo.progress import shown

    bag = DagBag(str(Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"]) / f"{name}.py"))  # not all of them each time
    if bag.import_errors:  # the last line of each is the sentence for the reader
        sentences = {error.strip().splitlines()[-1] for error in bag.import_errors.values()}
        sys.stderr.write("\n".join(sorted(sentences)) + "\n")
        return "failed"
    with closed_at_ctrl_c(_say), shown(Console(), home / "ixhaus.db", name):
        return str(bag.dags[name].test().state)


def prepare(home: Path) -> None:
    """Make Airflow's database with the pools of the settings, and the sample iX-Haus, where they do not exist yet; all
    that lies in `home`, and all that is written there from now on, only its owner can read.
    """
    keep_private(home)
    migrate(home)
    make_pools()
    from demo.ixhaus import build_sample
    from include.ixhaus.database import engine_on
    from include.ixhaus.versions import upgrade

    sample = home / "ixhaus.db"
    if not sample.exists():
        build_sample(sample)
    engine = engine_on(lambda: sqlite3.connect(sample))
    upgrade(engine)
    engine.dispose()


def keep_private(home: Path) -> None:
    """Take from everybody but its owner what lies in `home`, and what this process and those it starts will write."""
    os.umask(PRIVATE)
    for folder, folders, files in os.walk(home):
        for path in (Path(folder), *(Path(folder, name) for name in (*folders, *files))):
            with suppress(FileNotFoundError):  # a database's journal comes and goes
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode & ~PRIVATE)


@contextmanager
def sample(home: Path) -> Iterator[None]:
    """Let the sample iX-Haus and the sandbox be there while the block runs, where the environment names them."""
    if not _names_sample(home):
        yield
        return
    prepare(home)
    with sandbox(home):
        yield


@contextmanager
def sandbox(home: Path) -> Iterator[str]:
    """Run the sandbox portal while the block runs, or use the one that is already there; yields its address."""
    address = sandbox_address(home)
    if is_ours(port_of(home), home):
        yield address
        return
    command = [sys.executable, "-m", "demo.portal", "--port", str(port_of(home))]
    command += ["--db", str(home / "sandbox.db")]
    process = subprocess.Popen(
        command, cwd=ROOT, env=_plain(os.environ), stdout=subprocess.DEVNULL, umask=PRIVATE, start_new_session=True,
    )  # fmt: skip
    try:  # in a session of its own, where no Ctrl-C takes it from the run that is being brought to its end
        _wait_for(home, process)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def up(home: Path) -> int:
    """Run Airflow and the sandbox until Ctrl-C; where no run has been yet, all groups once before."""
    prepare(home)
    with sandbox(home) as address:
        if not collect(1):
            _say("A first run over the sample, so that the pages open with data in them …")
            _first_run()
        return run_airflow(home, address, _say)


def _first_run() -> None:
    """Run all groups once, in a process of its own, which says what is wrong."""
    process = subprocess.Popen([sys.executable, "-m", "demo.embedded", "sync"], cwd=ROOT)
    try:
        process.wait()
    except KeyboardInterrupt:  # it has heard it too, and brings its run to an end
        process.wait()
        raise


def _wait_for(home: Path, process: "subprocess.Popen[bytes]", seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_ours(port_of(home), home):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SandboxError(f"The sandbox portal does not answer at {sandbox_address(home)}")
        time.sleep(0.1)


def _plain(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without coverage or Airflow logging settings that only concern this process."""
    return {name: value for name, value in env.items() if name != "AIRFLOW__LOGGING__LOGGING_LEVEL"}


if __name__ == "__main__":
    sys.exit(to_its_end(main))
