"""How far back the error of the chosen window travels, in a line beneath its states."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.inside.part import Part
from pages.inside.window import Window
from rnn.core.reach_of_error import error_reach


def draw(part: Part, window: Window) -> None:
    config = part.network.config
    if config.gradient == "published":
        return
    reach = error_reach(part.network, part.params, *window.framed)[part.layer]
    far = config.steps if config.truncate is None else config.truncate
    place = f" in layer {part.layer + 1}" if config.layers > 1 else ""
    if reach < far:
        share = f"{np.finfo(config.dtype).eps / 100:.0e}".replace("e-0", "e-")
        text = (
            f"The error of this window’s prediction travels back **{reach:,} of {config.steps:,} steps**{place}. Further "
            f"back it is below {share} of its start, too little to move any weight, and backpropagation ends there."
        )
    elif config.truncate is not None and config.truncate < config.steps:
        text = (
            f"The error of this window’s prediction travels back **{reach:,} of {config.steps:,} steps**{place}, where "
            "Truncate ends it."
        )
    else:
        text = f"The error of this window’s prediction travels back over **all {config.steps:,} steps**{place}."
    st.markdown(f":material/undo: {text}")
