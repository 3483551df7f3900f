"""How LibreOffice is called: the filter for each type, and a profile that runs no macro and fetches nothing."""

from pathlib import Path
from typing import Final

from include.ixhaus.files import media

_WRITER, _CALC, _DRAW = "writer_pdf_Export", "calc_pdf_Export", "draw_pdf_Export"
FILTERS: Final = {
    media.DOC: ("MS Word 97", _WRITER),
    media.DOCX: ("MS Word 2007 XML", _WRITER),
    media.DOCM: ("MS Word 2007 XML", _WRITER),
    media.ODT: ("writer8", _WRITER),
    media.RTF: ("Rich Text Format", _WRITER),
    media.TEXT: ("Text (encoded):UTF8", _WRITER),
    media.XLS: ("MS Excel 97", _CALC),
    media.XLSX: ("Calc MS Excel 2007 XML", _CALC),
    media.XLSM: ("Calc MS Excel 2007 XML", _CALC),
    media.ODS: ("calc8", _CALC),
    media.JPEG: ("JPG - JPEG", _DRAW),
    media.PNG: ("PNG - Portable Network Graphic", _DRAW),
    media.TIFF: ("TIF - Tag Image File", _DRAW),
}
"""Type → filters to read and to write with. Without the first, LibreOffice takes what it cannot read for a text and
makes a PDF of garbage. It has no filter for HEIC.
"""
_PROFILE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
{items}
</oor:items>
"""
_ITEM: Final = """<item oor:path="/org.openoffice.{path}">
<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>"""
_OPTIONS: Final = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),  # linked files and pictures
    ("Office.Writer/Content/Update", "Link", "0"),  # never
    ("Office.Calc/Content/Update", "Link", "2"),  # never
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetNoProxy", ""),
    *(("Inet/Settings", f"ooInet{kind}ProxyName", "127.0.0.1") for kind in ("HTTP", "HTTPS", "FTP")),
    *(("Inet/Settings", f"ooInet{kind}ProxyPort", "9") for kind in ("HTTP", "HTTPS", "FTP")),  # nobody listens
)


def command(program: str, given: Path, media_type: str, folder: Path) -> list[str]:
    """Return the call that makes `given.pdf` in the folder of the copy `given`; FILTERS says of which types."""
    reading, writing = FILTERS[media_type]
    return [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--invisible", "--nologo", "--nodefault", "--norestore", "--nofirststartwizard"),
        *("--nolockcheck", f"--infilter={reading}", "--convert-to", f"pdf:{writing}"),
        *("--outdir", str(folder), str(given)),
    ]


def write_profile(profile: Path) -> None:
    """Make the folder of a new profile in which macros do not run and nothing is fetched."""
    items = "\n".join(_ITEM.format(path=path, name=name, value=value) for path, name, value in _OPTIONS)
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE.format(items=items), encoding="utf-8")
