"""Draw the pictures in docs/. Run `make sync` twice before.

sync.svg              the protocol of the last runs, as `make protocol` prints it
tenant-reports.png    a tenant's reports in the sandbox portal; needs Debian's package chromium

tenant-documents.png shows the documents further down on the same page and is not drawn anew.
"""

import io
import os
import re
import subprocess
import tempfile
from pathlib import Path

from rich.console import Console

from demo.embedded import environment, sandbox
from include.commands import ROOT, as_table, collect

DOCS = Path(__file__).parent
RUNS = 10
BROWSER = [
    "chromium",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
]


def draw_protocol() -> None:
    """Draw sync.svg."""
    console = Console(record=True, width=170, file=io.StringIO())
    console.print(as_table(collect(last=RUNS)))
    drawing = console.export_svg(title="make sync, twice")
    without_fonts = re.sub(r"@font-face \{.*?\}", "", drawing, flags=re.DOTALL)  # they would come from a foreign host
    (DOCS / "sync.svg").write_text(without_fonts, encoding="utf-8")


def draw_tenant(home: Path, name: str, person: str, height: int) -> None:
    """Draw what a person sees in the sandbox portal."""
    with sandbox(home) as address, tempfile.TemporaryDirectory() as profile:
        picture = [
            f"--user-data-dir={profile}",
            "--hide-scrollbars",
            f"--screenshot={DOCS / name}",
            f"--window-size=900,{height}",
        ]
        subprocess.run([*BROWSER, *picture, f"{address}/tenant/{person}?lang=de"], check=True, capture_output=True)


if __name__ == "__main__":
    airflow_home = Path(os.environ.get("AIRFLOW_HOME", ROOT / ".airflow"))
    os.environ.update(environment(airflow_home))
    draw_protocol()
    draw_tenant(airflow_home, "tenant-reports.png", "129.R16.1", 1720)
