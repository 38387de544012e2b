"""What to forecast: how far, with which intervals, of which target."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from pages.forecast import request_link
from pages.forecast.request_link import LEVELS as LEVELS_NAME
from pages.forecast.request_link import SHOWS, STEPS
from rnn.core.config import Config
from rnn.core.fit import Fit

LEVELS, DEFAULT_LEVELS = (50, 80, 95, 99), (80, 95)
# Far enough to see where a forecast goes, even for a network that was trained one step ahead.
FAR = 60
# Beyond this two seasons of a free-running forecast would take minutes.
MOST_FOR_SEASONS = 1000
_LEVELS_ALLOWED = f"{', '.join(map(str, LEVELS))} with commas between them, or {request_link.NO_LEVELS}"
_STEPS, _LEVELS, _TARGET = "forecast_steps", "forecast_levels", "forecast_target"


@dataclass(frozen=True)
class Request:
    """steps: how far ahead. levels: of the intervals, per cent, rising. target: number of the target shown. theta: whether it
    is to be the mean with Theta's forecast."""

    steps: int
    levels: tuple[int, ...]
    target: int
    theta: bool = False


def draw(fit: Fit, ahead: int | None = None, draw_theta: Callable[[], bool] = lambda: False) -> Request:
    """ahead: for how many steps the columns known ahead are known, where not without end. draw_theta: draws the switch for the
    mean with Theta, and says whether it is on."""
    model = fit.model
    others = [name for name in model.names if name not in (*model.targets, *model.framing.static, *model.known)]
    most = most_steps(fit.config, inputs_only=bool(others))
    usual = default_steps(fit.config, most)
    if ahead is not None:  # further on it has to be written in, so not without being asked
        usual = min(usual, max(ahead, fit.config.horizon))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="forecast_request"):
        steps = _draw_steps(most, usual)
        linked = request_link.given(LEVELS_NAME, lambda text: request_link.levels_of(text, LEVELS), _LEVELS_ALLOWED)
        if linked is not None:
            st.session_state[_LEVELS] = list(linked)
        levels = st.pills(
            "Intervals", LEVELS, selection_mode="multi", default=DEFAULT_LEVELS, format_func=lambda level: f"{level} %",
            key=_LEVELS, persist_state="session", width="content",
            help="A 95 % interval should hold the true value 95 times in 100.",
        )  # fmt: skip
        target = model.targets[0]
        if len(model.targets) > 1:
            named = request_link.given(
                SHOWS, lambda text: request_link.target_of(text, model.targets), ", ".join(model.targets)
            )
            if named is not None:
                st.session_state[_TARGET] = named
            target = st.selectbox("Target", model.targets, key=_TARGET, width=220)
        theta = draw_theta()
    levels = sorted(levels)
    request_link.write(STEPS, str(steps), str(usual))
    request_link.write(LEVELS_NAME, _written(levels), _written(DEFAULT_LEVELS))
    request_link.write(SHOWS, target, model.targets[0])
    if others:
        st.caption(
            f":material/info: No further than the horizon of {fit.config.horizon:,} that the network was trained for: "
            "beyond it the future of the columns that are fed in without being predicted would be needed. Train with a "
            "longer horizon to see further."
        )
    return Request(steps, tuple(levels), model.targets.index(target), theta)


def _written(levels: Sequence[int]) -> str:
    return ",".join(map(str, levels)) or request_link.NO_LEVELS


def most_steps(config: Config, *, inputs_only: bool) -> int:
    """The slider's end. inputs_only: some columns are fed in and not predicted, so nothing is known beyond the horizon."""
    if inputs_only:
        return config.horizon
    return max(config.horizon, FAR, min(2 * (config.season or 0), MOST_FOR_SEASONS))


def default_steps(config: Config, most: int) -> int:
    """The horizon trained for; for one step ahead a season, or two dozen."""
    return min(most, config.horizon if config.horizon > 1 else (config.season or 24))


def _draw_steps(most: int, default: int) -> int:
    if most == 1:
        st.markdown("**1** step ahead", width=320)
        return 1
    linked = request_link.given(STEPS, lambda text: request_link.steps_of(text, most), f"1 to {most:,} here")
    # Another run may reach less far than the steps chosen before.
    st.session_state[_STEPS] = min(linked or st.session_state.get(_STEPS, default), most)
    return st.slider("Steps ahead", 1, most, key=_STEPS, width=420, persist_state="session")
