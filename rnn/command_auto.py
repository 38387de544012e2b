"""--auto on the command line: the settings are chosen by a trial on the end of the series, and standard error says how."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rnn.command_options import MOST_STEPS, changes_of
from rnn.core.series import Series
from rnn.data.shape.build import Futures
from rnn.forecast.auto import Auto, automatic

if TYPE_CHECKING:
    import pandas as pd


def chosen_by_trial(options: argparse.Namespace, series: Series) -> Auto | None:
    """None where --auto is not asked for. What --set settles stands. Raises ValueError where a preset is asked for as well."""
    if not options.auto:
        return None
    if options.preset is not None:
        raise ValueError(
            f"--auto chooses the settings itself, and --preset {options.preset} says them all; leave one of the two out, and "
            "settle single fields with --set."
        )
    steps = getattr(options, "steps", None)
    horizon = None if steps is None else min(steps, MOST_STEPS)
    found = automatic(series, horizon, fixed=changes_of(options))
    print(f"unroll: {found.sentence}", file=sys.stderr)
    return found


def forecast_of_choice(
    found: Auto, series: Series, steps: int, levels: Sequence[float], futures: Futures | None
) -> pd.DataFrame:
    """What the best candidate forecasts after the end of the series, be it a network, which is trained first, or not."""
    import rnn
    from rnn.forecast.with_theta import forecast_with_theta
    from rnn.forecast.without_network import forecast_without_network

    if found.naive_wins:
        return forecast_without_network(found.chosen, series, found.config, steps, levels, future=futures)
    if found.with_theta:
        return forecast_with_theta(rnn.fit(found.config, series), steps, levels, future=futures)
    return rnn.forecast(rnn.fit(found.config, series), steps=steps, levels=levels, future=futures)
