"""Whether a TIFF has more than one page, as scans and faxes do."""

import struct
from pathlib import Path


def has_more_pages(path: Path) -> bool:
    """Return whether a TIFF has more pages than its first; also where that cannot be said. Blocks."""
    try:
        with path.open("rb") as file:
            order = "<" if file.read(2) == b"II" else ">"
            version, first = struct.unpack(f"{order}HI", file.read(6))
            file.seek(first)
            (entries,) = struct.unpack(f"{order}H", file.read(2))
            file.seek(first + 2 + 12 * entries)
            (following,) = struct.unpack(f"{order}I", file.read(4))
    except (OSError, struct.error):
        return True
    return bool(version != 42 or following)  # 43 is BigTIFF, with other sizes
