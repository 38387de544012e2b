"""Which part of the network is looked into: the member of an ensemble, and the layer."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.inside import epoch_choice, link
from rnn.core.config import Config
from rnn.core.ensemble import member_configs
from rnn.core.model import Model
from rnn.core.network import Network, Params
from rnn.runs.records import Run

# In the address, both counted from 1. What it does not say is the first network and the top layer.
NETWORK, LAYER = "network", "layer"


@dataclass(frozen=True, eq=False)
class Part:
    """params: the weights of the member. member, layer: numbers from 0 on. identity: names the part within the run."""

    network: Network
    params: Params
    member: int
    layer: int

    @property
    def is_top(self) -> bool:
        return self.layer == self.network.config.layers - 1

    @property
    def identity(self) -> str:
        return f"{self.member}:{self.layer}"

    def weights(self, name: str) -> str:
        """The full name of one of the layer's parameters."""
        return f"layer{self.layer}.{name}"


def find(model: Model, run: Run, *, drawn: bool) -> Part:
    """The part that is looked at. drawn: whether its controls are, each only where there is a choice; what was chosen stays
    chosen while they are not."""
    config = model.config
    _take(_member_key(run), NETWORK, config.seeds, "The network", "The first is shown.")
    _take(_layer_key(run), LAYER, config.layers, "The layer", "The top one is shown.")
    if drawn and (config.seeds > 1 or config.layers > 1):
        _draw(config, run)
    member = _standing(_member_key(run), config.seeds, 0)
    layer = _standing(_layer_key(run), config.layers, config.layers - 1)
    link.write(NETWORK, member + 1 if member else None)
    link.write(LAYER, layer + 1 if layer < config.layers - 1 else None)
    return Part(model.network, model.members[member], member, layer)


def _draw(config: Config, run: Run) -> None:
    pausing = {"on_change": epoch_choice.pause, "args": (run,), "persist_state": "session"}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="inside_part"):
        if config.seeds > 1:
            seeds = [one.seed for one in member_configs(config)]
            st.selectbox(
                "Network of the ensemble", range(config.seeds), key=_member_key(run), width=260,
                format_func=lambda number: f"{number + 1} of {config.seeds}, seed {seeds[number]}",
                help="Each was trained by itself from its own seed; the forecast is the median of all.", **pausing,
            )  # fmt: skip
        if config.layers > 1:
            st.segmented_control(
                "Layer", range(config.layers), default=config.layers - 1, required=True, key=_layer_key(run),
                format_func=lambda number: _layer_name(number, config.layers), wrap=True, **pausing,
            )  # fmt: skip


def _standing(key: str, count: int, usual: int) -> int:
    chosen = st.session_state.get(key)
    return chosen if isinstance(chosen, int) and 0 <= chosen < count else usual


def _member_key(run: Run) -> str:
    return f"inside_member:{run.id}"


def _layer_key(run: Run) -> str:
    return f"inside_layer:{run.id}"


def _take(key: str, name: str, count: int, what: str, otherwise: str) -> None:
    number = link.read(name, 1, count, what=what, otherwise=otherwise)
    if number is not None and count > 1:
        st.session_state[key] = number - 1


def _layer_name(number: int, layers: int) -> str:
    place = {0: " (reads the series)", layers - 1: " (top)"}.get(number, "")
    return f"{number + 1}{place}"
