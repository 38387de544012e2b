"""What is raced, on what."""

from __future__ import annotations

import streamlit as st

from pages.race.current import Race
from pages.race.names import differing_fields
from pages.race.seen import seen
from pages.race.setup import Setup
from pages.race.standings import standings
from rnn.core.fields import FIELDS
from rnn.ui import session
from rnn.ui.wording import escaped


def draw_for_setup(setup: Setup) -> None:
    series = setup.series
    with st.container(horizontal=True, vertical_alignment="center", key="race_heading"):
        st.markdown(f"#### Race on {escaped(series.name)} · {escaped(', '.join(series.targets))}", width="content")
        st.page_link("data/page.py", label="Another series", icon=":material/table_chart:")
        st.page_link("train/page.py", label="Base settings", icon=":material/tune:")
    st.caption(
        "Up to six settings, trained at once on the same data and drawn on one chart: pick what differs, then start."
    )
    if setup.problem:
        st.error(escaped(setup.problem, 600), icon=":material/error:")


def draw(race: Race) -> None:
    series = session.series_of_run(race.runs[0])
    st.markdown(f"#### Race on {escaped(series.name)} · {escaped(', '.join(series.targets))}")
    fields = [FIELDS[field].label.lower() for field in differing_fields([run.config for run in race.runs])]
    differ = f"They differ in: {', '.join(fields)}." if fields else "All have the same settings."
    st.caption(f"{len(race.runs)} lanes, each an ordinary run that stands under Runs. {differ}")


def leader(race: Race) -> int | None:
    """The lane with the lowest validation RMSE so far."""
    places = [standing.place for standing in standings(seen(race))]
    return places.index(1) if 1 in places else None
