"""Train: pick a series, move sliders, press Train, and watch losses and predictions as the network learns."""

import streamlit as st

from pages.train import actions, auto, preflight_note, settings_file, watch
from rnn.ui import at_rest, config_form, following, preset_picker, recommended_note, series_choice, session, shared_run
from rnn.ui.series_picker import draw_series_picker


def draw_starts() -> None:
    preset_picker.draw(recommended.config if recommended else None)
    recommended_note.draw(recommended)


if session.prepare(session.current_run()):
    config_form.write_to_link()
auto.take_up()

with st.sidebar:
    choice = draw_series_picker()
    recommended = following.follow(choice)
    settings_file.draw_heading()
    note = st.container(gap="xxsmall")
    config_form.draw_form(
        on_live_change=actions.change_running,
        recommended=recommended.config if recommended else None,
        draw_starts=draw_starts,
    )
    setup = preflight_note.check(choice)
    with note:
        preflight_note.draw(setup)
        time_needed = st.container()

series_choice.remember_in_link(choice)
run = session.current_run()
following.remember_in_link(recommended, run.config if run else None)
shared_run.remember_in_link()
actions.draw(setup, run)
with st.container():
    shared_run.draw_missing()
    shared_run.draw_compared(run)
auto.draw(run)
poll = watch.poll_seconds(run)
st.fragment(watch.draw, run_every=poll)(setup, run, poll)
if run is not None and poll is None:
    at_rest.follow(lambda: session.store().version(run.id))
auto.draw_table(run)
with time_needed:
    preflight_note.draw_time(setup)
