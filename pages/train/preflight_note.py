"""Beside the sliders: what the settings would take, or the sentence that says what to change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from rnn.core.config import Config
from rnn.core.pace import Pace, pace_of
from rnn.core.panel import AnySplit, PanelSplit
from rnn.core.preflight import Preflight, preflight
from rnn.core.series import Series
from rnn.core.transforms import logarithm
from rnn.ui import chosen_series, config_form
from rnn.ui.chosen_series import Choice
from rnn.ui.error_unit import LEAK_BADGE, LEAK_HELP, leaks
from rnn.ui.wording import bytes_in_words, escaped, seconds_in_words

# Above this a run would crowd out everything else on an ordinary machine.
MOST_MEMORY = 4 * 2**30


@dataclass(frozen=True, eq=False)
class Setup:
    """What the page stands at: series and settings. problem: why it cannot be trained, or None; then config and check
    are there."""

    choice: Choice
    series: Series
    config: Config | None
    check: Preflight | None
    problem: str | None


def check(choice: Choice, settings: Callable[[], Config] = config_form.config_from_form) -> Setup:
    """Judge settings, those of the form where no others are given, against a series."""
    series, problem = chosen_series.series_or_problem(choice)
    if problem is not None:
        sentence = f"{escaped(problem, 600)} The Data page has the repairs and the columns."
        return Setup(choice, series, None, None, sentence)
    try:
        config = settings()
        found = check_config(config, series)
    except ValueError as error:
        return Setup(choice, series, None, None, str(error))
    return Setup(choice, series, config, found, None)


def check_config(config: Config, series: Series) -> Preflight:
    """What these settings would take. Raises ValueError saying what to change where they cannot be trained on the series."""
    columns = (len(series.names), len(series.targets))
    beside = {"n_static": len(series.static), "n_known": len(series.known)}
    many = {"lengths": series.lengths, "ids": series.ids}
    found = preflight(config, len(series), *columns, **beside, **many, memory_limit=MOST_MEMORY)
    if config.log:
        logarithm(series.values[:, series.target_columns], series.targets)
    return found


def draw(setup: Setup) -> None:
    if setup.problem is not None or setup.check is None:
        st.error(setup.problem or "", icon=":material/error:")
        return
    split = setup.check.split
    tested = f", **{split.test:,}** kept for the test" if split.test else ""
    left_out = f" ({split.gap:,} between them left out)" if split.gap else ""
    st.caption(
        f"**{split.train:,}** windows to learn from, **{split.validation:,}** to validate{tested}{left_out} · "
        f"**{setup.check.parameters:,}** weights · about {bytes_in_words(setup.check.memory_bytes)}"
    )
    if setup.config is not None and leaks(setup.config):
        st.caption(
            f"{LEAK_BADGE} The scaler is fitted on all records, also on those that the network is judged on.",
            help=LEAK_HELP,
        )
    if isinstance(split, PanelSplit) and split.left_out:
        st.caption(f":material/content_cut: {escaped(split.sentence, 400)}")


def draw_time(setup: Setup) -> None:
    """How long training would take. It is measured, so it is drawn last, when all else has been sent."""
    if setup.config is None or setup.check is None:
        return
    st.caption(time_in_words(setup.config, pace_for(setup.config, setup.check.split, setup.series)))


def time_in_words(config: Config, pace: Pace) -> str:
    """What all of it takes; at most, where the run may stop early."""
    epochs, networks = config.epochs, f" of {config.seeds} networks" if config.seeds > 1 else ""
    about = "about" if config.patience is None else "at most about"
    again = ", the second training on all records included" if config.refit else ""
    return f"{about} **{seconds_in_words(pace.seconds(epochs))}** for {epochs:,} epochs{networks}{again}"


@st.cache_data(max_entries=200, show_spinner=False)
def _measured(config_json: str, split: AnySplit, inputs: int, targets: int, static: int, known: int) -> Pace:
    return pace_of(Config.from_json(config_json), split, inputs, targets, n_static=static, n_known=known)


def pace_for(config: Config, split: AnySplit, series: Series) -> Pace:
    """Measured once for all settings that take equally long."""
    config = config.replace(lr=0.001, epochs=1, patience=None, seed=0)
    columns = (len(series.names), len(series.targets), len(series.static), len(series.known))
    return _measured(config.to_json(), split, *columns)
