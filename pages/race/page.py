"""Race: up to six settings trained at once on the same data, on one chart."""

import streamlit as st

from pages.race import actions, current, heading, lanes, setup, watch
from rnn.ui import series_choice, session

session.prepare(session.current_run())
series_choice.remember_in_link(series_choice.current_choice())
lanes.prepare()

race = current.find()
if race is None:
    standing = setup.find()
    heading.draw_for_setup(standing)
    current.draw_gone()
    with st.container():
        actions.draw_for_setup(standing)
    setup.draw(standing)
else:
    lanes.remember_race([run.config for run in race.runs])
    heading.draw(race)
    actions.draw(race)
    poll = watch.poll_seconds(race)
    st.fragment(watch.draw, run_every=poll)(race, poll)
    actions.draw_lane(race, heading.leader(race))
