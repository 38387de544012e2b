"""Opening the file of a run that was taken away, here or elsewhere."""

from __future__ import annotations

import streamlit as st

from rnn.ui import session
from rnn.ui.arrival import take_in
from rnn.ui.wording import escaped

_KEY, _TRIES, _SAID = "run_file", "run_file_tries", "run_file_said"


def draw() -> None:
    """The button behind which a file is given, and below it what came of the last one."""
    with st.popover("Open a file", icon=":material/upload_file:", key=f"open_{_key()}"):
        st.file_uploader(
            "Run (.unroll), or the zip of a run",
            key=_key(),
            on_change=_take,
            help="A file that “Take away” gave, or `rnn.save` in a script. The run is added to the list, with its series, its "
            "epochs and all that it goes on with.",
        )
        st.caption("Weights alone (.safetensors) have no series to be judged on: they are for scripts.")
    draw_outcome()


def draw_outcome() -> None:
    """What became of the last file, said once."""
    said = st.session_state.pop(_SAID, None)
    if said is not None:
        good, sentence = said
        (st.success if good else st.error)(
            escaped(sentence, 600), icon=":material/check:" if good else ":material/error:"
        )


def _key() -> str:
    """Another one after each file: the popover closes, and the same file can be given twice."""
    return f"{_KEY}_{st.session_state.get(_TRIES, 0)}"


def _take() -> None:
    uploaded = st.session_state[_key()]
    if uploaded is None:
        return
    st.session_state[_TRIES] = st.session_state.get(_TRIES, 0) + 1
    store = session.store()
    try:
        arrived = take_in(store, uploaded.name, uploaded.getvalue(), session.session_id())
    except ValueError as error:
        st.session_state[_SAID] = False, str(error)
        return
    run = store.run(arrived.run_id)
    assert run is not None
    session.open_run(run)
    sentence = f"The run “{run.name}” is here: {run.epoch:,} epochs, {run.state}."
    st.session_state[_SAID] = True, f"{sentence} {arrived.note}".strip()
