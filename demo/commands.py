"""The sample iX-Haus from the command line: python -m demo.commands --db ixhaus.db"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from include.vocabulary.ending import to_its_end


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the sample database and return the exit code: 0 done, 2 the command was wrong."""
    parser = argparse.ArgumentParser(prog="python -m demo.commands", description="build the invented sample database")
    parser.add_argument("--db", type=Path, required=True, help="file to make; it must not exist yet")
    parser.add_argument("--persons", type=int, default=800, help="number of persons (default: 800)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other data (default: 1)")
    given = parser.parse_args(arguments)
    return _build(given.db, given.persons, given.seed)


def _build(path: Path, persons: int, seed: int) -> int:
    from demo.ixhaus import build_sample

    try:
        build_sample(path, persons, seed)
    except (FileExistsError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{path}: sample iX-Haus with {persons} invented persons\n")
    return 0


if __name__ == "__main__":
    sys.exit(to_its_end(main))
