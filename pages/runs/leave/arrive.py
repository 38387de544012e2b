"""Opening the file of a run that was taken away, here or elsewhere."""

from __future__ import annotations

import streamlit as st

from rnn.ui import one_upload, session
from rnn.ui.arrival import take_in

_NAME = "run_file"


def draw() -> None:
    """The button behind which a file is given."""
    # Its key goes with the uploader's, so that it closes over what came in.
    with st.popover("Open a file", icon=":material/upload_file:", key=f"open_{one_upload.key_of(_NAME)}"):
        one_upload.draw(
            "Run (.unroll), or the zip of a run",
            _NAME,
            _take,
            "A file that “Take away” gave, or `rnn.save` in a script. The run is added to the list, with its series, its "
            "epochs and all that it goes on with.",
        )
        st.caption(
            "Settings, scripts and weights have no series to be judged on: Train takes the settings out of them."
        )


def draw_outcome() -> None:
    """What became of the last file, said once."""
    one_upload.draw_outcome(_NAME, icons=True)
    one_upload.forget_outcome(_NAME)


def _take(name: str, content: bytes) -> str:
    store = session.store()
    arrived = take_in(store, name, content, session.session_id())
    run = store.run(arrived.run_id)
    assert run is not None
    session.open_run(run)
    sentence = f"The run “{run.name}” is here: {run.epoch:,} epochs, {run.state}."
    return f"{sentence} {arrived.note}".strip()
