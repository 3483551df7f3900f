"""The page Protokoll: what each run read, sent and could not send (R51)."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from include.pages.language import Texts
from include.pages.rendering import page
from include.pages.waiting import in_time, open_ixhaus
from include.settings import configured_systems, load_settings

router = APIRouter()
TEXTS: Final[Texts] = {"title": ("Protokoll", "Protocol")}


@router.get("/protocol")
async def protocol(request: Request) -> Response:
    """Show the last runs."""
    return page(request, "protocol.html", TEXTS, runs=await in_time(_runs))


def _runs() -> list[dict[str, Any]]:
    from include.sync.protocol import last_runs

    databases = sorted(
        {load_settings(system).ixhaus_connection for system in configured_systems() if load_settings(system).active}
    )
    return [run for database in databases for run in last_runs(open_ixhaus(database), 20)]
