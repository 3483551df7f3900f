"""Forgetting one person, step by step; what was begun and killed is done by beginning again.

    1. whether iX-Haus still gives the person to the portal: then it would be sent again, and nothing is done
    2. the portal     3. staging     4. Airflow: its database, its logs     5. the own tables, and the receipt

The ledger goes last, as it says what is the person's.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Final
from uuid import uuid4

import pandas as pd
from sqlalchemy import Engine

from include.casavi.connections import check_ixhaus_connection, check_portal_connection
from include.erasure import airflow, receipt
from include.erasure.person import ORDER, Person, contacts_in, find_person
from include.erasure.portal import NotForgottenError, take_away
from include.erasure.staged import forget_staged
from include.erasure.tables import forget_rows
from include.groups import GROUPS, RUNS
from include.ixhaus.database import open_engine
from include.ixhaus.versions import check_version
from include.settings import SystemSettings
from include.sync.decide import decide, take_snapshot
from include.sync.group import Group
from include.sync.lease import LeaseHeldError, acquire
from include.sync.run import Extract, lease_name
from include.sync.sealing import secret_of
from include.sync.staging import passing
from include.vocabulary.clock import berlin_day
from include.vocabulary.decision import EXTERNAL_ID, Decision

log = logging.getLogger(__name__)
_WITH_PEOPLE: Final = ("persons", "owners_caretakers", "documents")
"""Groups whose records are a person's."""


def examine(settings: SystemSettings, given: str, now: datetime, *, although_sent: bool = False) -> dict[str, int]:
    """Return what forgetting a person would concern: record type → how many records the ledger has of it, and how many
    reports would stay. Nothing is removed. Arguments and errors are those of `forget`.
    """
    with _found(settings, given, now, although_sent=although_sent) as (_, person):
        if not person.records:
            raise NotForgottenError(
                "nothing is kept of anybody under this id; write the id of its contact in the portal"
            )
        return {**Counter(one.record_type for one in person.records), "reports left": len(person.reports)}


def forget(
    settings: SystemSettings,
    given: str,
    by: str,
    now: datetime,
    *,
    although_sent: bool = False,
    in_airflow: bool = True,
) -> dict[str, object]:
    """Forget a person wherever this project keeps anything about it; returns the receipt.

    given:         its key, see find_person
    by:            who wants it
    although_sent: whatever iX-Haus says of the person; the next run may send it again
    in_airflow:    also in Airflow's own database and logs, which no task may open
    raises:        NotForgottenError, ConfigurationError, PortalStopError: what is done stays done
    """
    with _found(settings, given, now, although_sent=although_sent) as (engine, person):
        return _forget(engine, settings, person, by, in_airflow=in_airflow)


@contextmanager
def _found(
    settings: SystemSettings, given: str, now: datetime, *, although_sent: bool
) -> Iterator[tuple[Engine, Person]]:
    """Yield the database and whom the key stands for, if that may be forgotten; nobody else works meanwhile."""
    if not given.strip():
        raise NotForgottenError(
            "nobody is named; write PERSON= with a person's key, a partner's number or a contact's id"
        )
    check_ixhaus_connection(settings)
    check_portal_connection(settings)
    engine = open_engine(settings.ixhaus_connection, settings.limits.database_seconds)
    check_version(engine)
    with _alone(engine, settings):
        person = find_person(engine, settings.system, given)
        if not although_sent:
            _refuse_sent(engine, settings, person, now)
        yield engine, person


def _forget(
    engine: Engine, settings: SystemSettings, person: Person, by: str, *, in_airflow: bool
) -> dict[str, object]:
    system, done = settings.system, Counter[str]()
    name = receipt.name_of(person.name, secret_of(engine, system))
    done["portal"] = sum(take_away(settings, person.records).values())
    with engine.begin() as connection:
        receipt.write(connection, system, name, {"portal": done["portal"]}, by)
    done["previews"] = forget_staged(system, list(RUNS), person)
    if in_airflow:
        done["airflow"] = sum(airflow.forget_in_database(person).values())
        done["logs"] = airflow.forget_in_logs(person)
    done["reports left"] = len(person.reports)
    with engine.begin() as connection:
        done += forget_rows(connection, system, person)
        del done["portal"]  # is written already
        return receipt.write(connection, system, name, done, by)


@contextmanager
def _alone(engine: Engine, settings: SystemSettings) -> Iterator[None]:
    """Keep all runs of a system, and any other who forgets, from working meanwhile."""
    holder = f"forget {uuid4().hex[:8]}"  # one of the same name would be given the lease at once
    with ExitStack() as stack:
        for group in RUNS:
            try:
                lease = acquire(engine, lease_name(settings.system, group), holder, settings.limits.lease_seconds)
            except LeaseHeldError as other:
                raise NotForgottenError(
                    f"{other.holder} works; nothing was removed, start it again when that has ended"
                ) from None
            stack.callback(lease.release, engine)
            stack.enter_context(lease.kept_alive(engine))
        yield


def _refuse_sent(engine: Engine, settings: SystemSettings, person: Person, now: datetime) -> None:
    found: Counter[str] = Counter()
    for name in _WITH_PEOPLE:
        found += _sent(engine, settings, GROUPS[name], person, now)
    if found:
        numbers = ", ".join(f"{number} {record_type}" for record_type, number in found.items())
        raise NotForgottenError(
            f"iX-Haus still gives the portal {numbers} of this person, and the next run would send that again; nothing "
            "was removed. End or block it in iX-Haus first: its contracts and roles ended for longer than "
            "portal_access_trail_days, or the person no longer in SP_PERSON, SP_PARTNER, SP_VERTRAGSROLLE and "
            "SP_EIGENTUEMER; overwritten with 'anonymisiert' alone it is sent with that name. Or start it with "
            "--although-sent"
        )


def _sent(engine: Engine, settings: SystemSettings, group: Group, person: Person, now: datetime) -> Counter[str]:
    """Return record type → how many records the rules would send of a person of whom the ledger knew nothing."""
    with passing(settings.system, "forget") as folder:
        take_snapshot(group, settings.system, engine, folder, Extract())
        known = folder.read_table("known")
        pairs = list(zip(known["record_type"].to_pylist(), known[EXTERNAL_ID].to_pylist(), strict=True))
        folder.write_table("known", known.filter([pair not in person.ids for pair in pairs]))
        decided = decide(group, folder, settings, berlin_day(now))
    return Counter(
        {kind: number for kind in ORDER if kind in decided and (number := _number(decided[kind], kind, person))}
    )


def _number(decided: pd.DataFrame, record_type: str, person: Person) -> int:
    sent = decided[decided["decision"].isin([Decision.SEND, Decision.RESTRICT])]
    if record_type == "contact":
        return sum(map(person.has_contact, sent[EXTERNAL_ID]))
    return sum(any(map(person.has_contact, contacts_in(parents))) for parents in sent["parents"])
