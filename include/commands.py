"""What a person asks on the command line; the pages in include/pages answer the same questions.

python -m include.commands protocol          print the last runs (--format json for programs)
python -m include.commands setup production  ask for a system's first settings and write them
python -m include.commands keys production   store the portal's address, key and secret
python -m include.commands pools             make the Airflow pool of each configured system
python -m include.commands doctor production say what is wrong around a system, and who sees to it
python -m include.commands forget production 100.1.1   remove a person from the portal and from all that is kept of it
python -m include.commands tidy              delete what is kept longer than the settings say, in Airflow's database too
python -m include.commands probe test 100    measure what is not known of the portal, on a property meant for tests
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import datetime
from getpass import getpass, getuser
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from include.settings import ConfigurationError, Limits, SystemSettings, load_each, load_settings
from include.sync.exit_code import exit_code
from include.vocabulary.clock import BERLIN
from include.vocabulary.ending import to_its_end
from include.vocabulary.state import WENT_WRONG, Level
from include.vocabulary.texts import Language, Text, translator

ROOT: Final = Path(__file__).resolve().parent.parent
ENTRIES_SHOWN: Final = 20


def main(arguments: list[str] | None = None) -> int:
    """Run one of the commands above and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m include.commands", description=(__doc__ or "").split("\n", 1)[0])
    commands = parser.add_subparsers(dest="command", required=True)
    add_protocol(commands)
    add_keys(commands)
    add_setup(commands)
    add_probe(commands)
    add_doctor(commands)
    add_erasure(commands)
    commands.add_parser("pools", help="make the Airflow pool of each configured system")
    given = parser.parse_args(arguments)
    if given.command == "protocol":
        return exit_code(lambda: show(given.format, given.last))
    if given.command == "keys":
        return enter_keys(given.system, language=spoken(given.language))
    if given.command == "setup":
        from include.setup import set_up

        return set_up(given.system, spoken(given.language), enter_keys, see_doctor)
    if given.command == "probe":
        return measure(given.system, given.property, is_meant=given.yes_production)
    if given.command == "doctor":
        return see_doctor(given.system, spoken(given.language), given.openapi)
    if given.command in ("forget", "tidy"):
        from include.erasure.command import erase, tidy_up

        return exit_code(lambda: erase(given)) if given.command == "forget" else tidy_up()
    make_pools()
    return 0


def add_protocol(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command protocol and its options."""
    parser = commands.add_parser("protocol", help="print the last runs")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--last", type=int, default=20)


def add_keys(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command keys and its options."""
    parser = commands.add_parser("keys", help="store the portal's address, key and secret")
    parser.add_argument("system", choices=("production", "test"))
    _add_language(parser)


def add_setup(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command setup and its options."""
    parser = commands.add_parser("setup", help="ask for a system's first settings and write them")
    parser.add_argument("system", choices=("production", "test"))
    _add_language(parser)


def add_probe(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command probe and its options."""
    parser = commands.add_parser("probe", help="measure what is not known of the portal, on a property meant for tests")
    parser.add_argument("system", choices=("production", "test"))
    parser.add_argument("property", help="number of a property that the portal has")
    parser.add_argument("--yes-production", action="store_true", help="also on production's portal account")


def add_doctor(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command doctor and its options."""
    parser = commands.add_parser("doctor", help="say what is wrong around a system, and who sees to it")
    parser.add_argument("system", choices=("production", "test"))
    parser.add_argument("--openapi", type=Path, help="the portal's own OpenAPI document, to compare with our calls")
    _add_language(parser)


def add_erasure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands forget and tidy and their options."""
    parser = commands.add_parser("forget", help="remove a person from the portal and from all that is kept of it")
    parser.add_argument("system", choices=("production", "test"))
    parser.add_argument("person", help="key of the person, number of the partner, or id of the contact")
    parser.add_argument("--by", default=getuser(), help="who wants it, for the receipt")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--although-sent", action="store_true", help="even if the next run would send the person again")
    commands.add_parser("tidy", help="delete what is kept longer than the settings say")


def show(style: str, last: int) -> None:
    """Print the last runs, newest first, in style `table` or `json`."""
    runs = collect(last)
    complain(load_each().mistakes.values())
    if style == "json":
        print(json.dumps(runs, ensure_ascii=False, indent=2))  # noqa: T201 - this is the command's output
        return
    console = Console(width=None if sys.stdout.isatty() else 170)
    with console.capture() as shown:  # rich would end the program itself where nobody reads on
        console.print(as_table(runs))
        for line in notable(runs):
            console.print(line, markup=False, highlight=False)
    sys.stdout.write(shown.get())


def notable(runs: list[dict[str, Any]]) -> list[str]:
    """Return a line for each failed or invalid record of the newest run of each system and group, ids and reasons, and
    for each finding of a reconciliation."""
    from include.ixhaus.database import open_engine
    from include.lookup.entries import entries, findings
    from include.lookup.runs import active_systems

    newest = {(run["system"], run["group"]): run for run in reversed(runs)}
    lines, databases = [], active_systems()
    for (system, group), run in sorted(newest.items()):
        if system not in databases:  # its settings were sound when the runs were read
            continue
        engine = open_engine(databases[system])
        for entry in entries(engine, system, run["run"], (Level.ERROR, Level.INVALID), ENTRIES_SHOWN):
            status = f" (HTTP {entry.http_status})" if entry.http_status else ""
            lines.append(f"{group}: {entry.level} {entry.record_type} {entry.external_id}{status}: {entry.text}")
        found = findings(engine, system, run["run"])
        lines += [f"{group}: {one.external_id.strip('()'):>6} {one.record_type:<15} {one.text}" for one in found]
    return lines


def collect(last: int) -> list[dict[str, Any]]:
    """Return the last runs of all active systems, newest first; see history.find_runs for the fields."""
    from include.ixhaus.database import open_engine
    from include.lookup.runs import Selection, active_systems, find_runs

    runs = [
        run
        for system, database in active_systems().items()
        for run in find_runs(open_engine(database), Selection(system=system), last)
    ]
    return sorted(runs, key=lambda run: run["queried_at"] or "", reverse=True)[:last]


def as_table(runs: list[dict[str, Any]]) -> Table:
    """Return the runs as a table with times in Europe/Berlin."""
    from include.sync.protocol import count_names

    table = Table(title="Protokoll", title_style="bold", header_style="bold")
    for name in ("queried", "system", "group", "status"):
        table.add_column(name, no_wrap=True)
    for name in (*count_names(), "seconds"):
        table.add_column(name, justify="right")
    for run in runs:
        queried = datetime.fromisoformat(run["queried_at"]).astimezone(BERLIN)
        numbers = [str(run[name]) for name in (*count_names(), "seconds")]
        style = "red" if run["status"] in WENT_WRONG else ""
        table.add_row(f"{queried:%d.%m.%Y %H:%M:%S}", run["system"], run["group"], run["status"], *numbers, style=style)
    table.caption = "\n".join(f"{run['group']}: {run['reason']}" for run in runs if run["reason"]) or None
    return table


def enter_keys(system: str, address: str = "", language: Language = "en") -> int:
    """Ask for the portal's address, if it is not given, key and secret and store them (R10); returns 1 if they were not
    accepted.
    """
    from include.casavi.keys import database_name, is_encrypted, store_keys
    from include.setup.texts import ENTRIES, TEXTS

    t = translator(TEXTS, language)
    try:
        load_settings(system)  # whoever has none yet is told before he has entered everything
        address = address or input(f"{t('portal_address')}: ")
        connection_id = store_keys(system, address, *(getpass(f"{t(name)}: ") for name in ENTRIES))
    except ConfigurationError as error:
        sys.stderr.write(f"{error.said.said(language)}\n")
        return 1
    if not is_encrypted():
        sys.stderr.write(f"{t('unencrypted')}\n")
    variable = f"AIRFLOW_CONN_{connection_id.upper()}"
    sys.stdout.write(f"{t('stored', connection=connection_id, database=database_name(), variable=variable)}\n")
    return 0


def measure(system: str, property_id: str, *, is_meant: bool) -> int:
    """Measure a system's portal and print the lines for its settings; returns 1 with a sentence if it is not done.

    is_meant: whether production's account may be measured
    """
    from include.casavi.connections import check_portal_connection

    try:
        settings = load_settings(system)
        if system == "production" and not is_meant:
            raise ConfigurationError(
                "The probe makes and removes records in production's portal account; say --yes-production if that is "
                "meant, or measure the test system"
            )
        check_portal_connection(settings)
        asyncio.run(_measure(settings, property_id))
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


async def _measure(settings: SystemSettings, property_id: str) -> None:
    from include.casavi.client import open_portal
    from include.casavi.probe import Probe, as_lines

    ours = _tickets_sent(settings)
    async with open_portal(settings.portal_connection, settings.limits) as portal:
        probe = Probe(portal, property_id, ours)
        try:
            await probe.run()
        finally:  # also when it was broken off: what could not be removed has to be said
            sys.stdout.writelines(f"{line}\n" for line in as_lines(probe) if probe.measured)


def _tickets_sent(settings: SystemSettings) -> set[str] | None:
    """Return the ids of the tickets that were sent, None without a connection to iX-Haus: the portal is measured all
    the same.
    """
    from sqlalchemy.exc import DBAPIError

    from include.casavi.connections import ConnectionMistakeError, check_ixhaus_connection
    from include.ixhaus.database import open_engine
    from include.ixhaus.faults import sentence
    from include.lookup.ledger import tickets_sent

    try:
        check_ixhaus_connection(settings)
    except ConnectionMistakeError:
        return None
    try:
        return tickets_sent(open_engine(settings.ixhaus_connection), settings.system)
    except DBAPIError as error:
        raise ConfigurationError(f"{settings.ixhaus_connection}: {sentence(error, 'en')}") from None


def see_doctor(system: str, language: Language, openapi: Path | None = None) -> int:
    """Examine a system and print what was found; returns 0 for nothing or notes only, 1 for warnings, 2 for errors."""
    from include.doctor import Patient, examine, exit_code
    from include.doctor.printed import show_findings

    try:
        settings = load_settings(system)
    except ConfigurationError as mistake:
        sys.stderr.write(f"{mistake.said.said(language)}\n")
        return 2
    findings = examine(Patient(settings, openapi))
    show_findings(system, findings, language)
    return exit_code(findings)


def migrate(home: Path) -> None:
    """Make Airflow's database, or bring it to the installed version; once per version."""
    from airflow import __version__

    home.mkdir(parents=True, exist_ok=True)
    ready = home / f"ready-{__version__}"
    if not ready.exists():
        command = ["airflow", "db", "migrate"]  # in a session of its own, where no Ctrl-C makes it write a traceback
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, start_new_session=True)
        ready.touch()


def make_pools() -> None:
    """Make the Airflow pool that caps the parallel loads of each configured system.

    A system whose settings are wrong keeps the pool it has, or gets one of the usual size: its tasks need one as soon
    as the mistake is mended.
    """
    from airflow.models.pool import Pool

    systems = load_each()
    complain(systems.mistakes.values())
    slots = {system: known.limits.parallel_loads for system, known in systems.sound.items()}
    slots |= {system: Limits().parallel_loads for system in systems.mistakes if Pool.get_pool(_pool(system)) is None}
    for system, number in slots.items():
        Pool.create_or_update_pool(_pool(system), number, "Übertragungen in das Portal", include_deferred=False)


def complain(mistakes: Iterable[Text]) -> None:
    """Write what is wrong in a system's settings beside the output; the other systems are served as ever."""
    for mistake in mistakes:
        sys.stderr.write(f"{mistake.english}\n")


def spoken(given: str) -> Language:
    """Return the language that was asked for, else the terminal's, as the variables of POSIX name it."""
    variables = ("LC_ALL", "LC_MESSAGES", "LANG")
    wanted = given or next(filter(None, map(os.environ.get, variables)), "")
    return "de" if wanted.startswith("de") else "en"


def _add_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--language", default="", help="de or en; left out, the terminal's language (LC_ALL, LANG)")


def _pool(system: str) -> str:
    return f"casavi_{system}"


if __name__ == "__main__":
    sys.exit(to_its_end(main))
