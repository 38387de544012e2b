"""What the browser tests of the live chart start: the demo page with the charts' files mounted."""

import streamlit as st

from rnn.ui.plotly_asset import PLOTLY_ROUTE

app = st.App("charts_page.py", routes=[PLOTLY_ROUTE])
