"""The frame around every page, and the route table."""

import streamlit as st

st.set_page_config(page_title="Unroll", page_icon=":material/all_inclusive:", layout="wide")

PAGES = [
    st.Page("train/page.py", title="Train", icon=":material/model_training:", default=True),
    st.Page("data/page.py", title="Data", icon=":material/table_chart:", url_path="data"),
]

st.navigation(PAGES, position="top").run()
