"""What the backtest is asked to do: a few choices with defaults that work at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.forecast.backtest import plan_link
from pages.forecast.backtest.names import network_names
from rnn.core.config import Config
from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.forecast.backtest import Plan, backtest, cutoffs
from rnn.forecast.methods import METHODS
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.wording import escaped, told_apart

LEVELS = (80, 95)
USUAL_FOLDS = 5
MOST_RUNS = 200
_KINDS = {"expanding": "From the start", "sliding": "A window that slides"}
_RETRAIN = {True: "In each fold", False: "Once"}
_KEYS = {name: f"plan_{name}" for name in plan_link.PARTS}
_ABOUT = "plan_about"


@dataclass(frozen=True)
class Asked:
    """runs: whose settings are tested, the one shown first; they are trained anew. seeds: how many singles each of them is
    also trained as, to see what is chance."""

    plan: Plan
    runs: tuple[Run, ...]
    seeds: int

    @property
    def networks(self) -> dict[str, Config]:
        return dict(zip(network_names(len(self.runs)), (run.config for run in self.runs), strict=True))

    def request(self) -> dict[str, Any]:
        """As JSON has it; the same for the same computation."""
        return {
            "series_hash": self.runs[0].series_hash,
            "networks": {name: config.to_json() for name, config in self.networks.items()},
            "plan": self.plan.to_dict(),
            "methods": list(METHODS),
            "levels": list(LEVELS),
            "seeds": self.seeds,
        }


def draw(run: Run, fit: Fit, whole: Series) -> Asked | None:
    """The choices; None, with a sentence, where they do not go together with the series."""
    _begin(run, whole)
    st.session_state[_KEYS["steps"]] = min(st.session_state[_KEYS["steps"]], _most_steps(fit))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="backtest_form"):
        st.slider("Folds", 1, plan_link.MOST["folds"], key=_KEYS["folds"], width=200, persist_state="session",
                  help="How many cut-offs in the past a forecast is made from.")  # fmt: skip
        st.number_input("Steps ahead", 1, _most_steps(fit), key=_KEYS["steps"], width=130, persist_state="session",
                        help="How far each forecast reaches, in records.")  # fmt: skip
        st.segmented_control(
            "Learns from", list(_KINDS), format_func=_KINDS.get, key=_KEYS["kind"], required=True, persist_state="session",
            help="All records before the cut-off (expanding), or as many of the last ones as the first fold has (sliding).",
        )  # fmt: skip
        st.segmented_control(
            "Trained", list(_RETRAIN), format_func=_RETRAIN.get, key=_KEYS["retrain"], required=True, persist_state="session",
            help="In each fold anew, as someone would who retrains now and then; or once before the first cut-off, later "
            "folds then only read the newer records. The other methods are fitted in each fold.",
        )  # fmt: skip
        with st.popover("More", icon=":material/tune:"):
            _draw_more(others_of(run))
    asked, problem = current(run, whole)
    _remember(run)
    if asked is None:
        st.warning(escaped(problem, 600), icon=":material/straighten:")
    return asked


def _draw_more(others: dict[str, Run]) -> None:
    st.slider(
        "Seeds for the fan", 1, plan_link.MOST["seeds"], key=_KEYS["seeds"], persist_state="session",
        help="So many single networks with the same settings are trained from other seeds: how far they lie apart is what "
        "chance does. 1: none.",
    )  # fmt: skip
    st.number_input(
        "Records between cut-offs", 0, plan_link.MOST["spacing"], key=_KEYS["spacing"], persist_state="session",
        help="0: as many as steps ahead, so that every record is judged once.",
    )  # fmt: skip
    # Another run may be shown since, and runs may have been deleted.
    st.session_state[_KEYS["others"]] = [one for one in st.session_state[_KEYS["others"]] if one in others]
    labels = told_apart({run_id: _label(one) for run_id, one in others.items()})
    st.multiselect(
        "Other runs on this series", list(others), format_func=labels.__getitem__, key=_KEYS["others"],
        max_selections=plan_link.MOST_OTHERS, placeholder="None" if others else "There are none", disabled=not others,
        persist_state="session",
        help="Their settings, trained and judged on the same points.",
    )  # fmt: skip


def others_of(run: Run) -> dict[str, Run]:
    """Other runs that learned from the same series, one for each set of settings, the newest first."""
    found: dict[str, Run] = {}
    known = [run.config]
    for other in session.store().runs(MOST_RUNS):
        if other.series_hash == run.series_hash and other.epoch and other.config not in known:
            known.append(other.config)
            found[other.id] = other
    return found


def current(run: Run, whole: Series) -> tuple[Asked | None, str]:
    """What the form stands at, or would begin with where it has not been drawn yet; or None, and the sentence why not."""
    _begin(run, whole)
    others = others_of(run)
    value = {name: st.session_state[key] for name, key in _KEYS.items()}
    runs = (run, *(others[run_id] for run_id in value["others"] if run_id in others))
    try:
        plan = Plan(value["steps"], value["folds"], value["spacing"] or None, value["kind"], value["retrain"])
        asked = Asked(plan, runs, value["seeds"])
        backtest(
            asked.networks, whole, plan, levels=LEVELS, seeds=asked.seeds
        )  # which looks at it and does nothing yet
    except ValueError as error:
        return None, str(error)
    return asked, ""


def _begin(run: Run, whole: Series) -> None:
    """The values that the form begins with, for this series and these settings: those of the link first, else the usual ones.
    What was chosen in this session stays."""
    about = (run.config.horizon, len(whole), len(whole.ids))
    before = st.session_state.get(_ABOUT)
    if before == about and all(key in st.session_state for key in _KEYS.values()):
        return
    values = plan_link.usual(_usual_plan(run.series_hash, run.config))
    if before is None:
        values = plan_link.read(st.query_params.get(plan_link.NAME, "")) or values
    for name, key in _KEYS.items():
        if before != about or key not in st.session_state:
            st.session_state[key] = values[name]
    st.session_state[_ABOUT] = about


def _remember(run: Run) -> None:
    """Keep the plan in the page's address where it is not the usual one, so that a reload or a colleague finds its results."""
    values = {name: st.session_state[key] for name, key in _KEYS.items()}
    text = plan_link.write(values) if values != plan_link.usual(_usual_plan(run.series_hash, run.config)) else None
    if text == st.query_params.get(plan_link.NAME):
        return
    if text is None:
        st.query_params.pop(plan_link.NAME, None)
    else:
        st.query_params[plan_link.NAME] = text


@st.cache_data(max_entries=32, show_spinner=False)
def _usual_plan(series_hash: str, config: Config) -> Plan:
    return usual_plan(config, session.stored_series(series_hash))


def usual_plan(config: Config, whole: Series) -> Plan:
    """As far as the network looks ahead, or a season where that is one step, and as many folds up to five as the series has
    room for."""
    steps = config.horizon if config.horizon > 1 else min(config.season or 12, 60)
    while True:
        for folds in range(USUAL_FOLDS, 0, -1):
            try:
                cutoffs(whole, [config], Plan(steps, folds))
                return Plan(steps, folds)
            except ValueError:
                continue
        if steps == 1:
            return Plan(1, 1)
        steps = max(1, steps // 2)


def _most_steps(fit: Fit) -> int:
    model = fit.model
    others = [name for name in model.names if name not in (*model.targets, *model.framing.static, *model.known)]
    return fit.config.horizon if others else max(fit.config.horizon, min(1000, len(fit.series) // 2))


def _label(run: Run) -> str:
    return f"{run.name[:60]}, {run.epoch:,} epochs, {run.config.cell}, window {run.config.window}, hidden {run.config.hidden}"
