"""What is wrong around a system, all of it at once; asked on the page Einstellungen."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request, Response

from include.doctor import AREAS, Finding, Patient, examine
from include.doctor.finding import SEVERITIES, Severity
from include.pages.access import may_trigger
from include.pages.doctor_texts import TEXTS
from include.pages.later import when_ready
from include.pages.rendering import page
from include.pages.systems import known_system
from include.pages.waiting import open_ixhaus
from include.settings import load_settings

router = APIRouter()
PATH: Final = "/configuration/doctor"
HERE: Final = tuple(area for area in AREAS if area.name != "places")
"""Files and programs are the workers': this machine has neither."""
COLOURS: Final = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.NOTE: "", Severity.OK: "good"}


@router.post(PATH, dependencies=[Depends(may_trigger)])
async def doctor(request: Request, system: Annotated[str, Form()]) -> Response:
    """Examine a system and show what was found, or say that it is under way; nothing is sent or written."""
    settings = load_settings(known_system(system))

    def work() -> list[Finding]:
        return examine(Patient(settings, open_database=open_ixhaus), HERE)

    found = await when_ready(("doctor", settings.system), work)
    parts: list[tuple[Any, list[Finding]]] = [
        (area, sorted((one for one in found or () if one.area == area.name), key=lambda one: -one.severity))
        for area in HERE
    ]
    return page(
        request, "doctor.html", TEXTS, system=settings.system, under_way=found is None, parts=parts, colours=COLOURS,
        severities=SEVERITIES, ok=Severity.OK, warning=Severity.WARNING,
    )  # fmt: skip
