"""Which part of the network is looked into: the member of an ensemble, and the layer."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from rnn.core.ensemble import member_configs
from rnn.core.model import Model
from rnn.core.network import Network, Params


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


def draw(model: Model, run_id: str) -> Part:
    """Draws the choices, each only where there are several."""
    config = model.config
    member, layer = 0, config.layers - 1
    if config.seeds > 1 or config.layers > 1:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="inside_part"):
            if config.seeds > 1:
                seeds = [one.seed for one in member_configs(config)]
                member = st.selectbox(
                    "Network of the ensemble", range(config.seeds), key=f"inside_member:{run_id}", width=260,
                    format_func=lambda number: f"{number + 1} of {config.seeds}, seed {seeds[number]}",
                    help="Each was trained by itself from its own seed; the forecast is the median of all.",
                )  # fmt: skip
            if config.layers > 1:
                layer = st.segmented_control(
                    "Layer", range(config.layers), default=layer, required=True, key=f"inside_layer:{run_id}",
                    format_func=lambda number: _layer_name(number, config.layers),
                )  # fmt: skip
    return Part(model.network, model.members[member], member, layer)


def _layer_name(number: int, layers: int) -> str:
    place = {0: " (reads the series)", layers - 1: " (top)"}.get(number, "")
    return f"{number + 1}{place}"
