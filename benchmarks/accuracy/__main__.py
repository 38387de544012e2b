"""How good the forecasts are that a person gets who uploads values and presses Train.

    python -m benchmarks.accuracy hourly|weekly|few|classic|panel [--series N] [--origins 3] [--processes 1]
        [--set field=value …]

hourly, weekly: OWA on the development series of the M4 competition; --origins: the same forecast made one, two, … horizons
earlier as well, so that nobody tunes to the last records alone. classic: the bundled samples and three chaotic series, mean
absolute error over that of the seasonal naive forecast (the last value where there is no season). few: 34 series with few
seasons. panel: one network across
414 series. Seconds are those of one core.
"""

from __future__ import annotations

import argparse
import os
import sys

os.environ.setdefault("UNROLL_THREADS", "1")

import rnn  # first: it settles the number of BLAS threads
from rnn.ui.controls import parse_link_value

from . import classic, few_seasons, panel, series


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["hourly", "weekly", "few", "classic", "panel"])
    parser.add_argument("--series", type=int, default=None, metavar="N", help="the first N only")
    parser.add_argument("--origins", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--details", action="store_true", help="a line a series")
    parser.add_argument("--set", action="append", default=[], metavar="field=value")
    options = parser.parse_args()
    assert rnn.recommended
    fixed = dict(assignment.split("=") for assignment in options.set)
    options.fixed = {field: parse_link_value(field, text) for field, text in fixed.items()}
    run = {"classic": classic.run, "few": few_seasons.run, "panel": panel.run}.get(options.kind, series.run)
    return run(options)


if __name__ == "__main__":
    sys.exit(main())
