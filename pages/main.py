"""The frame around every page, and the route table."""

from pathlib import Path

import streamlit as st

from rnn.runs.store_trouble import STORE_ERRORS
from rnn.ui import session, store_notice, table_ahead
from rnn.ui.collector import set_modules_aside

HERE = Path(__file__).parent
# Pictures of our own: a :material: icon for the browser's tab would be fetched from elsewhere.
st.set_page_config(page_title="Unroll", page_icon=HERE / "icon.svg", layout="wide")
st.logo(HERE / "logo.svg", icon_image=HERE / "icon.svg", size="large")

PAGES = [
    st.Page("train/page.py", title="Train", icon=":material/model_training:", default=True),
    st.Page("data/page.py", title="Data", icon=":material/table_chart:", url_path="data"),
    st.Page("forecast/page.py", title="Forecast", icon=":material/insights:", url_path="forecast"),
    st.Page("race/page.py", title="Race", icon=":material/sports_score:", url_path="race"),
    st.Page("runs/page.py", title="Runs", icon=":material/history:", url_path="runs"),
    st.Page("inside/page.py", title="Inside", icon=":material/biotech:", url_path="inside"),
    st.Page("learn/page.py", title="Learn", icon=":material/school:", url_path="learn"),
]
# Reached from Learn and by link; their addresses are about a lesson, not about what Train stands at.
LESSON_PAGES = [
    st.Page("lesson/page.py", title="Lesson", url_path="lesson", visibility="hidden"),
    st.Page("teach/page.py", title="Make a lesson", url_path="teach", visibility="hidden"),
]

st.html(
    """<style>
    /* Streamlit leaves 6 rem above a wide page and 5 rem beside it; the charts need them more. */
    [data-testid='stMainBlockContainer'] { padding: 4.25rem 2rem 2rem; max-width: 1680px; }
    @media (max-width: 640px) { [data-testid='stMainBlockContainer'] { padding: 4rem 1rem 2rem; } }
    /* The verdict takes the same room whatever it says, so that the charts below stay where they are. */
    .st-key-verdict { min-height: 6.5rem; }
    @media (max-width: 640px) { .st-key-verdict { min-height: 15.5rem; } }
    .st-key-race_result { min-height: 4.5rem; }
    @media (max-width: 640px) { .st-key-race_result { min-height: 13rem; } }
    /* A phone has no keyboard, but little room. */
    @media (max-width: 640px) {
        :is(.st-key-inside_steps, .st-key-step_by_step_buttons, .st-key-walk_stepper) [aria-label^='Shortcut'] {
            display: none;
        }
        .st-key-walk_stepper [role='radio'] { padding-inline: 0.5rem; }
        .st-key-window_choice > :last-child { min-width: 100%; }
    }
    .st-key-store_outcome { flex-wrap: nowrap; }
    /* What redraws four times a second must not fade while it does. */
    [data-testid='stMainBlockContainer'] [data-stale='true'] { opacity: 1 !important; }
    </style>"""
)
table_ahead.draw()
page = st.navigation([*PAGES, *LESSON_PAGES], position="top")
try:
    store_notice.draw()
    page.run()
    if page is not PAGES[0] and page not in LESSON_PAGES:
        session.remember_settings()
except STORE_ERRORS as error:
    store_notice.draw_trouble(error)
set_modules_aside()
