"""The ERP side from the command line: print the Oracle DDL, check a live database."""

import argparse
import sys
from collections.abc import Sequence

from include.vocabulary.ending import to_its_end


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0 done, 1 the check found something, 2 the command was wrong."""
    parser = argparse.ArgumentParser(prog="python -m include.ixhaus", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    ddl = commands.add_parser("ddl", help="print the contract as DDL for Oracle")
    ddl.add_argument("--since", default="", help="only what brings the own tables of this version to the newest")
    check = commands.add_parser("check", help="compare a system's database with the contract")
    check.add_argument("system", help="production or test")
    given = parser.parse_args(arguments)
    if given.command == "ddl":
        return _print_ddl(given.since)
    return _check(given.system)


def _print_ddl(since: str) -> int:
    from include.ixhaus.check import ContractError
    from include.ixhaus.ddl import oracle_ddl
    from include.ixhaus.versions import upgrade_script

    try:
        sys.stdout.write(upgrade_script(since) if since else oracle_ddl())
    except ContractError as mistake:
        sys.stderr.write(f"{mistake}\n")
        return 2
    return 0


def _check(system: str) -> int:
    from include.ixhaus.check import check_database
    from include.ixhaus.database import open_engine
    from include.settings import ConfigurationError, load_settings

    try:
        connection = load_settings(system).ixhaus_connection
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        findings = [difference.sentence for difference in check_database(open_engine(connection))]
    except Exception as error:
        said = _said(error)
        if said is None:
            raise
        sys.stderr.write(f"{connection}: {said}\n")
        return 1
    sys.stdout.write("\n".join(findings or [f"{connection}: the database keeps the interface contract"]) + "\n")
    return 1 if findings else 0


def _said(error: Exception) -> str | None:
    from airflow.sdk.exceptions import AirflowNotFoundException

    from include.ixhaus.database import WrongKindError
    from include.ixhaus.faults import sentence

    if isinstance(error, AirflowNotFoundException):
        return "there is no such Airflow connection; add it under Admin > Connections (type Oracle)"
    return str(error) if isinstance(error, WrongKindError) else sentence(error, "en")


if __name__ == "__main__":
    sys.exit(to_its_end(main))
