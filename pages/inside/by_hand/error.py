"""What the edited weights do to the error over all validation windows."""

from __future__ import annotations

import streamlit as st

from pages.inside.by_hand import standing
from pages.inside.by_hand.effect import with_member
from pages.inside.by_hand.validation import AT_ONCE, validation_rmse, work
from pages.inside.view import View
from rnn.core.model import Model
from rnn.core.network import Params
from rnn.core.windows import split_windows
from rnn.ui.kept import kept
from rnn.ui.wording import number_in_words

_ASKED = "by_hand_error_asked"


def draw(view: View, params: Params) -> None:
    """At once where that takes no more than a moment, else by a button; params: with the edits."""
    edits = tuple(standing.weights(view).items())
    stamp = (view.run.id, view.epoch, view.series.name)
    windows = split_windows(view.config, len(view.series)).validation
    all_of = f"all {windows:,} validation windows" if windows > 1 else "the one validation window"
    if not edits:
        st.caption(
            f"Once a weight is changed, the error over {all_of} is shown here. Changed values do not count in it: there "
            "the series is as it is."
        )
        return
    model = view.fit.model
    asked = (*stamp, view.part.member, edits)
    # Twice: with the weights of the run, and with the edited ones.
    if 2 * work(model, view.series) > AT_ONCE and st.session_state.get(_ASKED) != asked:
        if not st.button("Compute the validation error", icon=":material/calculate:", key="by_hand_error"):
            st.caption(f"Over {all_of} that takes more than a moment here, so it waits for the button.")
            return
        st.session_state[_ASKED] = asked
    before = kept("by_hand_error_before", stamp, lambda: validation_rmse(model, view.series))
    after = kept("by_hand_error_after", asked, lambda: validation_rmse(_edited(view, params), view.series))
    st.markdown(_in_words(before, after, all_of, view))


def _edited(view: View, params: Params) -> Model:
    return with_member(view, params)


def _in_words(before: float, after: float, all_of: str, view: View) -> str:
    now = number_in_words(after) if after < float("inf") else "no number at all: the network overflows"
    change = ""
    if after < float("inf") and before > 0 and after != before:
        share = 100 * (after / before - 1)
        change = f", {abs(share):.3g} % {'more' if share > 0 else 'less'}"
    whole = " of the whole ensemble" if view.config.seeds > 1 else ""
    return (
        f":material/monitoring: Validation RMSE{whole} over {all_of}: **{number_in_words(before)}** with the run’s weights, "
        f"**{now}** with yours{change}."
    )
