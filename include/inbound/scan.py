"""Files from the portal go past the virus scanner of the house, where there is one (O26, E51)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from include.casavi.listing import ListingError
from include.ixhaus.files.program import run_program

_CLEAN: Final = 0
_INFECTED: Final = 1


async def is_infected(command: Sequence[str], path: Path, seconds: float) -> bool:
    """Ask the scanner about a file; it is told the file's path and nothing else. An empty command asks nobody.

    raises: ListingError if it cannot say: the file waits in the portal then, as when the portal is disturbed
    """
    if not command:
        return False
    try:
        status = await run_program([*command, str(path)], path.parent, seconds)
    except (TimeoutError, OSError) as error:
        raise ListingError(f"an attachment could not be scanned ({type(error).__name__}); see scan_command") from None
    if status not in (_CLEAN, _INFECTED):
        raise ListingError(f"an attachment could not be scanned (exit status {status}); see scan_command")
    return status == _INFECTED
