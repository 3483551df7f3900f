"""The examination: area by area, check by check, each for itself, so that one broken thing never hides the others."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final, NamedTuple

from airflow.sdk.exceptions import AirflowNotFoundException

from include.doctor import airflow, data, database, places, portal, released, shape
from include.doctor.examination_texts import SAYINGS
from include.doctor.finding import Finding, Severity, said
from include.doctor.patient import Check, Patient, SaidAlreadyError
from include.ixhaus.database import WrongKindError
from include.ixhaus.faults import Kind, fault_of
from include.vocabulary.texts import Text


class Area(NamedTuple):
    """A part of the examination: what it is called, and its checks in order."""

    name: str
    label: Text
    checks: tuple[Check, ...]


AREAS: Final = (
    Area("database", Text("Datenbank und Vertrag", "Database and contract"), (*shape.CHECKS, *database.CHECKS)),
    Area("data", Text("Daten der Sichten", "Data of the views"), data.CHECKS),
    Area("settings", Text("Einstellungen gegen Daten", "Settings against data"), released.CHECKS),
    Area("portal", Text("Portal", "Portal"), portal.CHECKS),
    Area("places", Text("Ablagen und Programme", "Files and programs"), places.CHECKS),
    Area("airflow", Text("Airflow", "Airflow"), airflow.CHECKS),
)


def examine(patient: Patient, areas: Iterable[Area] = AREAS) -> list[Finding]:
    """Return all that is found, each thing once, in the order of the areas."""
    found = (one._replace(area=area.name) for area in areas for one in _of_area(area, patient))
    return list(dict.fromkeys(found))


def _of_area(area: Area, patient: Patient) -> list[Finding]:
    """Return what is found in an area; that it was not looked at, where it would else pass for sound."""
    found = [one for check in area.checks for one in _looked(check, patient)]
    seen = [one for one in found if one.code != "UNSEEN"]
    return seen if any(one.severity >= Severity.WARNING for one in seen) else found


def _looked(check: Check, patient: Patient) -> Iterator[Finding]:
    try:
        yield from check(patient)
    except SaidAlreadyError:
        yield said(SAYINGS, "UNSEEN", patient.settings.ixhaus_connection)
    except Exception as error:  # whatever it is: it must not keep the other checks from looking
        yield from _failed(error, _name_of(check), patient)


def _failed(error: Exception, name: str, patient: Patient) -> Iterator[Finding]:
    """Yield why a check could not look; an error's own text may hold persons, hosts or secrets, so its name does."""
    connection, fault = patient.settings.ixhaus_connection, fault_of(error)
    if fault and fault.kind is Kind.CONTRACT and patient.broken:  # said by the check of that view
        return
    if fault:
        where = connection if fault.kind is not Kind.CONTRACT else name
        yield said(SAYINGS, "DATABASE", where, sentence=Text(fault.german, fault.english))
    elif isinstance(error, AirflowNotFoundException):
        yield said(SAYINGS, "CONNECTION_MISSING", connection)
    elif isinstance(error, WrongKindError):
        yield said(SAYINGS, "WRONG_KIND", connection)
    else:
        yield said(SAYINGS, "NOT_LOOKED", name, error=type(error).__name__)


def _name_of(check: Check) -> str:
    """Return what a check looks at: the view it was made for, or its own name."""
    if isinstance(check, partial):
        return " ".join([str(check.func.__name__), *(str(getattr(one, "name", "")) for one in check.args)]).strip()
    return str(getattr(check, "__name__", check))
