"""Writing an ONNX graph node by node, with as little ceremony as can be."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike, NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET, IR_VERSION = 17, 8  # of 2022: what every runtime of the last years reads
TYPES = {"float64": TensorProto.DOUBLE, "float32": TensorProto.FLOAT, "int64": TensorProto.INT64}


class Graph:
    """Values are named by strings; `op` adds a node and returns the name of its first output."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[tuple[Any, ...], str] = {}
        self.initialisers: list[onnx.TensorProto] = []
        self.inputs: list[onnx.ValueInfoProto] = []
        self.outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, dtype: str, shape: tuple[int | str, ...]) -> str:
        self.inputs.append(helper.make_tensor_value_info(name, TYPES[dtype], shape))
        return name

    def output(self, value: str, name: str, dtype: str, shape: tuple[int | str, ...]) -> None:
        self.nodes.append(helper.make_node("Identity", [value], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, TYPES[dtype], shape))

    def constant(self, array: ArrayLike, dtype: str = "float64") -> str:
        """A constant; the same numbers are stored once."""
        value: NDArray[Any] = np.ascontiguousarray(array, dtype) if np.ndim(array) else np.array(array, dtype)
        key = (value.dtype.str, value.shape, value.tobytes())
        if key not in self.constants:
            name = f"constant{len(self.constants)}"
            self.constants[key] = name
            self.initialisers.append(numpy_helper.from_array(value, name))
        return self.constants[key]

    def op(self, kind: str, *values: str, outputs: int = 1, **attributes: Any) -> str:
        return self.ops(kind, *values, outputs=outputs, **attributes)[0]

    def ops(self, kind: str, *values: str, outputs: int, **attributes: Any) -> list[str]:
        """As `op`, all outputs."""
        names = [f"{kind.lower()}{len(self.nodes)}_{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(values), names, **attributes))
        return names

    def cast(self, value: str, dtype: str) -> str:
        return self.op("Cast", value, to=TYPES[dtype])

    def slice(self, value: str, first: int, end: int, axis: int) -> str:
        """Entries first … end − 1 along an axis."""
        bounds = [self.constant([number], "int64") for number in (first, end, axis)]
        return self.op("Slice", value, *bounds)

    def gather(self, value: str, places: ArrayLike, axis: int) -> str:
        return self.op("Gather", value, self.constant(places, "int64"), axis=axis)

    def reshape(self, value: str, shape: tuple[int, ...]) -> str:
        """−1: what is left; 0: as it was."""
        return self.op("Reshape", value, self.constant(shape, "int64"))

    def sorted(self, value: str, count: int) -> str:
        """The `count` entries of the last axis, smallest first."""
        return self.op("TopK", value, self.constant([count], "int64"), outputs=2, axis=-1, largest=0, sorted=1)

    def mean(self, value: str, axis: int) -> str:
        """Over an axis, which stays with length 1."""
        return self.op("ReduceMean", value, axes=[axis], keepdims=1)

    def model(self, name: str, about: str, metadata: dict[str, str]) -> onnx.ModelProto:
        graph = helper.make_graph(self.nodes, name, self.inputs, self.outputs, self.initialisers, doc_string=about)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="unroll"
        )
        helper.set_model_props(model, metadata)
        onnx.checker.check_model(model)
        return model
