"""Which part of the network is looked into: the member of an ensemble, and the layer."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.inside import epoch_choice, link
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


def draw(model: Model, run: Run) -> Part:
    """Draws the choices, each only where there are several."""
    config = model.config
    member, layer, pausing = 0, config.layers - 1, {"on_change": epoch_choice.pause, "args": (run,)}
    member_key, layer_key = f"inside_member:{run.id}", f"inside_layer:{run.id}"
    _take(member_key, NETWORK, config.seeds, "The network", "The first is shown.")
    _take(layer_key, LAYER, config.layers, "The layer", "The top one is shown.")
    if config.seeds > 1 or config.layers > 1:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="inside_part"):
            if config.seeds > 1:
                seeds = [one.seed for one in member_configs(config)]
                member = st.selectbox(
                    "Network of the ensemble", range(config.seeds), key=member_key, width=260,
                    format_func=lambda number: f"{number + 1} of {config.seeds}, seed {seeds[number]}",
                    help="Each was trained by itself from its own seed; the forecast is the median of all.", **pausing,
                )  # fmt: skip
            if config.layers > 1:
                layer = st.segmented_control(
                    "Layer", range(config.layers), default=layer, required=True, key=layer_key,
                    format_func=lambda number: _layer_name(number, config.layers), **pausing,
                )  # fmt: skip
    link.write(NETWORK, member + 1 if member else None)
    link.write(LAYER, layer + 1 if layer < config.layers - 1 else None)
    return Part(model.network, model.members[member], member, layer)


def _take(key: str, name: str, count: int, what: str, otherwise: str) -> None:
    number = link.read(name, 1, count, what=what, otherwise=otherwise)
    if number is not None and count > 1:
        st.session_state[key] = number - 1


def _layer_name(number: int, layers: int) -> str:
    place = {0: " (reads the series)", layers - 1: " (top)"}.get(number, "")
    return f"{number + 1}{place}"
