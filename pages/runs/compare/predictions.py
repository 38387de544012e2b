"""What the selected runs predict for the validation part, over the actual values; of those that learn from one series."""

from __future__ import annotations

import streamlit as st

from pages.race import forecasts
from pages.race.current import Race
from pages.race.seen import seen
from pages.runs.results import series_title
from rnn.ui.wording import escaped


def draw(group: Race) -> None:
    series = group.runs[0].series_hash
    same = [place for place, run in enumerate(group.runs) if run.series_hash == series]
    left_out = len(group.runs) - len(same)
    if left_out:
        runs = "1 run learns" if left_out == 1 else f"{left_out} runs learn"
        st.caption(
            f"Predictions of {escaped(series_title(series))}; {runs} from another series, and is not among them."
        )
    runs_ = tuple(group.runs[place] for place in same)
    part = Race(
        "runs:" + ",".join(run.id for run in runs_),
        runs_,
        tuple(group.numbers[place] for place in same),
        tuple(group.names[place] for place in same),
    )
    lanes = [lane for place, lane in enumerate(seen(group)) if place in same]
    if any(lane.preview is not None for lane in lanes):
        forecasts.draw(part, lanes, "each run’s")
    else:
        st.caption("None of these runs has predicted anything yet.")
