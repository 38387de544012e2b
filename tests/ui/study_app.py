"""A page that asks for a study, follows it, and shows what it came to. Its worker: `tests.runs.small_studies`."""

import numpy as np
import streamlit as st

from rnn.core.series import Series
from rnn.ui import session, study

QUERY = st.query_params
series = Series.from_values(np.arange(int(QUERY.get("records", "40")), dtype=float))
request = {"series_hash": session.store().add_series(series), "seconds": float(QUERY.get("seconds", "0"))}
if "fault" in QUERY:
    request["fault"] = int(QUERY["fault"])
if "study" not in QUERY:
    st.button("Ask", key="ask", on_click=lambda: QUERY.update(study=study.ask("add up", request)))
else:
    found = study.study_state(QUERY["study"])
    if found is None:
        st.markdown("It is not kept any more.")
    elif found.state == "done":
        st.markdown(f"The sum is {study.result_of(found, float):g}.")
    study.draw_progress(QUERY["study"], "Sum of *all*")
