"""Draw docs/sync.svg: the protocol of the last runs, as `make protocol` prints it. Run `make sync` twice before."""

import io
import os
import re
from pathlib import Path

from rich.console import Console

from include.embedded import ROOT, environment
from include.show_protocol import as_table, collect

if __name__ == "__main__":
    os.environ.update(environment(Path(os.environ.get("AIRFLOW_HOME", ROOT / ".airflow"))))
    console = Console(record=True, width=170, file=io.StringIO())
    console.print(as_table(collect(last=4)))
    drawing = console.export_svg(title="make sync, twice")
    without_fonts = re.sub(r"@font-face \{.*?\}", "", drawing, flags=re.DOTALL)  # they would come from a foreign host
    (Path(__file__).parent / "sync.svg").write_text(without_fonts, encoding="utf-8")
