"""A trained network as an ONNX file: raw values in, forecasts in original units out, scaling and all else included."""

from __future__ import annotations

import json

from rnn.core.ensemble import parted
from rnn.core.losses import level_count, middle_level
from rnn.core.model import Model
from rnn.core.network import Params
from rnn.export.onnx.cells import layer_states
from rnn.export.onnx.framed import FramedGraph, Read
from rnn.export.onnx.graph import Graph

NETWORK = "float32"
WINDOWS, FUTURE, SERIES, FORECAST, LEVELS = "windows", "future", "series", "forecast", "levels"


def to_onnx(model: Model) -> bytes:
    """The bytes of an ONNX file (opset 17).

    Inputs: "windows" (B, reach, D), float64, original units, oldest record first, as `Model.predict` takes them; "future"
    (B, H, F), float64, where columns are known ahead; "series" (B,), int64, the number of each window's series from 0 on,
    where the network was trained on several. Outputs: "forecast" (B, H, K), float64, original units; with loss="quantile" also
    "levels" (B, H, K, Q). The metadata say names, targets and the config. Framing is in float64, the network itself in float32
    whatever config.dtype is: the usual runtimes have no recurrent layers in float64.
    """
    config, framing, graph = model.config, model.framing, Graph()
    D, K, F = len(framing.names), len(framing.targets), len(framing.known)
    windows = graph.input(WINDOWS, "float64", ("B", config.reach, D))
    future = graph.input(FUTURE, "float64", ("B", config.horizon, F)) if F else None
    number = graph.input(SERIES, "int64", ("B",)) if framing.ids else None
    framed = FramedGraph(graph, framing, windows, future, number)
    read = framed.read()
    levels = _levels(graph, model, read)
    restored = [framed.restored(level, read) for level in levels]
    graph.output(restored[middle_level(config)], FORECAST, "float64", ("B", config.horizon, K))
    if len(levels) > 1:
        last = graph.constant([-1], "int64")
        stacked = graph.op("Concat", *(graph.op("Unsqueeze", one, last) for one in restored), axis=-1)
        graph.output(stacked, LEVELS, "float64", ("B", config.horizon, K, len(levels)))
    return graph.model("unroll", _about(model), _metadata(model)).SerializeToString()


def _levels(graph: Graph, model: Model, read: Read) -> list[str]:
    """The network's outputs (B, H · K), float64, one for each level of a quantile loss in rising order, else one."""
    config, count = model.config, level_count(model.config)
    x = graph.cast(read.x, NETWORK)
    outputs = _median(graph, [_outputs(graph, model, params, x) for params in parted(model.params, config.seeds)])
    if count == 1:
        return [graph.cast(outputs, "float64")]
    points = config.horizon * len(model.targets)
    by_level = graph.sorted(graph.reshape(outputs, (-1, points, count)), count)
    return [
        graph.cast(graph.reshape(graph.gather(by_level, [level], 2), (-1, points)), "float64") for level in range(count)
    ]


def _outputs(graph: Graph, model: Model, params: Params, x: str) -> str:
    """One network of the ensemble: (T, B, C) → (B, O)."""
    config, states, last = model.config, x, ""
    for layer in range(config.layers):
        states, last = layer_states(graph, config, params, layer, states)
    y = graph.op("MatMul", last, graph.constant(params["readout.W"], NETWORK))
    if config.bias:
        y = graph.op("Add", y, graph.constant(params["readout.b"], NETWORK))
    if config.skip != "none":
        read = graph.op("MatMul", _flat(graph, model, x), graph.constant(params["skip.W"], NETWORK))
        y = graph.op("Add", y, read)
    return y


def _flat(graph: Graph, model: Model, x: str) -> str:
    """What the linear skip reads, (B, window · D + S): all records of the window, then once what stands beside it."""
    config, network = model.config, model.network
    dynamic = network.channels - network.n_static
    by_window = graph.op("Transpose", x, perm=[1, 0, 2])
    if not network.n_static:
        return graph.reshape(by_window, (-1, config.steps * dynamic))
    records = graph.reshape(graph.slice(by_window, 0, dynamic, 2), (-1, config.steps * dynamic))
    last = graph.slice(graph.slice(by_window, dynamic, network.channels, 2), config.steps - 1, config.steps, 1)
    return graph.op("Concat", records, graph.reshape(last, (-1, network.n_static)), axis=1)


def _median(graph: Graph, outputs: list[str]) -> str:
    """Of the networks of an ensemble, entry by entry."""
    count = len(outputs)
    if count == 1:
        return outputs[0]
    last = graph.constant([-1], "int64")
    stacked = graph.op("Concat", *(graph.op("Unsqueeze", one, last) for one in outputs), axis=-1)
    middle = [count // 2] if count % 2 else [count // 2 - 1, count // 2]
    chosen = graph.gather(graph.sorted(stacked, count), middle, -1)
    return graph.op("ReduceMean", chosen, axes=[-1], keepdims=0)


def _about(model: Model) -> str:
    config = model.config
    return (
        f"Forecasts {', '.join(model.targets)} {config.horizon} steps ahead from the last {config.reach} records of "
        f"{', '.join(model.names)}, all in original units."
    )


def _metadata(model: Model) -> dict[str, str]:
    """What a program has to know to feed it, as JSON."""
    lists = {"names": model.names, "targets": model.targets, "static": model.framing.static, "known": model.known}
    found = {name: json.dumps(list(value)) for name, value in lists.items()}
    return {**found, "ids": json.dumps(list(model.ids)), "config": model.config.to_json()}
