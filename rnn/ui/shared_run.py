"""A link to a run of another machine: that it is not here, how it can be made anew, and whether it then came to the same.

The link carries the run's series and settings, and what it came to (`rnn.ui.shared_result`), which stays in the address.
"""

from __future__ import annotations

import streamlit as st

from rnn.core.fields import FIELDS
from rnn.runs.records import Run
from rnn.runs.runner import runner as process_runner
from rnn.ui.page_address import put
from rnn.ui.shared_result import MADE, RESULT, Result, other_versions, read, rows_digest, series_digest, settings_digest
from rnn.ui.wording import escaped, moment_of, number_in_words

_EXPECTED, _CARRIES = "shared_result", "link_carries_settings"
_SETTINGS = ("settings", "base", *FIELDS)
_LONGEST = 40


def prepare() -> None:
    """Once a session, before the address is written to: what the link says of a run and of its settings."""
    if _EXPECTED in st.session_state:
        return
    texts = (st.query_params.get(RESULT, ""), st.query_params.get(MADE, ""))
    st.session_state[_EXPECTED] = texts if read(texts[0]) else None
    st.session_state[_CARRIES] = any(name in st.query_params for name in _SETTINGS)


def remember_in_link() -> None:
    """Keep what the shared run came to in the address, so that a reload still knows."""
    texts = st.session_state.get(_EXPECTED)
    put(RESULT, texts[0] if texts else None)
    put(MADE, texts[1] or None if texts else None)


def missing_id() -> str | None:
    """The run that the address names and the store does not have."""
    run_id = st.session_state.get("run") or ""
    return None if not run_id or process_runner().store.run(run_id) is not None else str(run_id)


def draw_missing(how: str = "**Train** makes it anew.") -> bool:
    """The sentence about a run that is not here; returns whether it can be made anew. how: what does it."""
    run_id = missing_id()
    if run_id is None:
        return False
    shown = escaped(run_id if len(run_id) <= _LONGEST else run_id[: _LONGEST - 1] + "…", _LONGEST)
    if not st.session_state.get(_CARRIES):
        st.warning(
            f"The run {shown} is not in this store: it has been deleted, or the address is mistyped or from another machine. "
            "The address says no settings, so the run cannot be made anew.",
            icon=":material/info:",
        )
        return False
    expected = _expected()
    then = ""
    if expected is not None and expected.run == run_id:
        then = (
            f" It then had {moment_of(expected.best)} as its best, with a validation RMSE of "
            f"{number_in_words(expected.rmse)}; whether this machine comes to the same is said here."
        )
    st.info(
        f"The run {shown} is not in this store; its series and settings came with the link. {how}{then}",
        icon=":material/share:",
    )
    return True


def draw_compared(run: Run | None) -> None:
    """Whether the run that was made anew came to the numbers of the one that was shared."""
    expected = _expected()
    if expected is None or run is None or run.id == expected.run or not _is_the_same_task(run, expected):
        return
    if run.epoch < expected.epochs and run.active:
        st.caption(f":material/share: To be compared with the run that was shared after epoch {expected.epochs:,}.")
        return
    with st.container(key="shared_result"):
        good, sentence = compared(run, expected, st.session_state[_EXPECTED][1])
        (st.success if good else st.warning)(sentence, icon=":material/check:" if good else ":material/difference:")


def compared(run: Run, expected: Result, made: str) -> tuple[bool, str]:
    """Whether the first epochs of the run are those that were shared, and the sentence about it."""
    epochs = process_runner().store.epochs(run.id)[: expected.epochs]
    if len(epochs) == expected.epochs and rows_digest(epochs) == expected.rows:
        return True, (
            f"Same numbers as the run that was shared: all {expected.epochs:,} epochs are equal to the last bit."
            if expected.epochs > 1
            else "Same numbers as the run that was shared, to the last bit."
        )
    if len(epochs) < expected.epochs and run.state in ("stopped", "paused", "interrupted", "queued"):
        return False, (
            f"Not compared with the run that was shared: that had {expected.epochs:,} epochs, this one {len(epochs):,}. "
            "Resume goes on."
        )
    best = next((epoch.val_rmse for epoch in epochs if epoch.epoch == run.best_epoch), None)
    numbers = (
        f"{moment_of(expected.best)} with a validation RMSE of {number_in_words(expected.rmse)} there, "
        f"{moment_of(run.best_epoch or 0)} with {number_in_words(best)} here"
    )
    versions = other_versions(made)
    reason = (
        f"Other versions round sums in another way: {escaped(versions, 300)}."
        if versions
        else "The versions are the same; another processor or BLAS may add up in another order."
    )
    return False, f"Other numbers than the run that was shared: best was {numbers}. {reason}"


def _is_the_same_task(run: Run, expected: Result) -> bool:
    return expected.settings == settings_digest(run.config) and expected.series == _digest(run.series_hash)


@st.cache_data(max_entries=64, show_spinner=False)
def _digest(series_hash: str) -> str:
    return series_digest(process_runner().store.series(series_hash))


def _expected() -> Result | None:
    texts = st.session_state.get(_EXPECTED)
    return read(texts[0]) if texts else None
