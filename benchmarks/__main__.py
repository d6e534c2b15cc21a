"""`python -m benchmarks [PART …] [--boxes DIR]`: measure, print, and write README.md's table."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.appending import measure_appending
from benchmarks.clients import measure_clients
from benchmarks.docket import measure_docket
from benchmarks.grouping import measure_grouping
from benchmarks.growth import measure_growth
from benchmarks.istanbul import Istanbul, boxes_folder, build
from benchmarks.loading import measure_loading
from benchmarks.measure import Row
from benchmarks.moments import measure_moments
from benchmarks.postgres import measure_postgres
from benchmarks.processes import measure_processes
from benchmarks.proofs import measure_proofs
from benchmarks.publishing import measure_publishing
from benchmarks.report import report, write_report
from benchmarks.seats import measure_seats
from benchmarks.whatif import measure_whatif

_README = Path(__file__).with_name("README.md")

_Part = Callable[[Istanbul, Path], list[Row]]

_PARTS: dict[str, _Part] = {
    "load": measure_loading,
    "append": measure_appending,
    "postgres": measure_postgres,
    "publish": measure_publishing,
    "clients": measure_clients,
    "proofs": measure_proofs,
    "results": lambda istanbul, _: measure_grouping(istanbul),
    "process": measure_processes,
    "moments": measure_moments,
    "whatif": measure_whatif,
    "docket": lambda _, folder: measure_docket(folder),
    "country": lambda _, folder: measure_growth(folder),
    "seats": lambda _istanbul, _folder: measure_seats(),
}


def main() -> int:
    """Measure all parts and write the table, or only print that of the parts named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", choices=[[], *_PARTS], metavar="PART", help=", ".join(_PARTS)
    )
    parser.add_argument("--boxes", type=Path, help="folder of the two box files of Istanbul 2019")
    args = parser.parse_args()
    boxes = boxes_folder(args.boxes)
    if boxes is None:
        print("found no box files; expected them in --boxes or RECANVASS_CASES", file=sys.stderr)
        return 2
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="recanvass-bench-") as name:
        os.environ["RECANVASS_CACHE"] = "off"  # what is kept between questions is measured apart
        istanbul = build(boxes, Path(name))
        for part in args.parts or _PARTS:
            print(f"measuring: {part}", file=sys.stderr)
            folder = Path(name) / part
            folder.mkdir()
            rows += _PARTS[part](istanbul, folder)
    print(report(rows))
    if not args.parts:
        write_report(rows, _README)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
