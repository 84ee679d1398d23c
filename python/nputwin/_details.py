"""Tensors, ops and signatures of a model as the dictionaries that LiteRT's interpreter gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Optional, Sequence

import numpy as np

from ._model import Model

if TYPE_CHECKING:
    from ._arrays import AnyArray


def _ints(values: Sequence[int]) -> AnyArray:
    return np.array(values, dtype=np.int32)


class Details:
    """The model's tables. Shapes are those of the file until a run has others.

    Source: ai_edge_litert 2.3.0, interpreter.py and interpreter_wrapper.cc, with which tests/python compares each field.
    """

    def __init__(self, model: Model, compress_zero_points: bool) -> None:
        self.tensors: Sequence[Mapping[str, Any]] = model.json["tensors"]
        self.ops: Sequence[Mapping[str, Any]] = model.json["ops"]
        self.signatures: Mapping[str, Mapping[str, Mapping[str, int]]] = model.json["signatures"]
        self.subgraphs = int(model.json["subgraphs"])
        self._compress = compress_zero_points

    def check_subgraph(self, index: int) -> None:
        if not 0 <= index < self.subgraphs:
            raise ValueError(f"Invalid subgraph index {index} exceeds max subgraph index {self.subgraphs}")
        if index != 0:
            raise ValueError(f"subgraph_index {index}: nputwin shows the tensors of the main graph only; expected 0")

    def check_tensor(self, index: int, subgraph: int = 0) -> None:
        self.check_subgraph(subgraph)
        if not 0 <= index < len(self.tensors):
            raise ValueError(f"Invalid tensor index {index} exceeds max tensor index {len(self.tensors)}")

    def dtype(self, index: int) -> Any:
        """The NumPy type of a tensor's values; None where nputwin does not read them."""
        name = self.tensors[index]["type"]
        return None if name is None else np.dtype(name).type

    def tensor(self, index: int, shape: Optional[Sequence[int]], subgraph: int = 0) -> dict[str, Any]:
        """One tensor. `shape`: as it is now; None: as in the file."""
        self.check_tensor(index, subgraph)
        tensor = self.tensors[index]
        dtype = self.dtype(index)
        if dtype is None:
            raise ValueError("Could not get tensor details")
        current = tensor["shape"] if shape is None else shape
        signature = tensor["shape_signature"]
        scales = np.array(tensor["scale"], dtype=np.float32)
        zero_points = _ints(tensor["zero_point"])
        if self._compress and len(zero_points) > 1 and (zero_points == zero_points[0]).all():
            zero_points = zero_points[:1]
        return {
            "name": tensor["name"],
            "index": index,
            "shape": _ints(current),
            "shape_signature": _ints(signature if -1 in signature else current),
            "dtype": dtype,
            "quantization": (float(scales[0]), int(zero_points[0])) if len(scales) == 1 else (0.0, 0),
            "quantization_parameters": {
                "scales": scales,
                "zero_points": zero_points,
                "quantized_dimension": tensor["axis"],
                "block_size": 0,
            },
            "sparsity_parameters": {},
        }

    def op(self, index: int) -> dict[str, Any]:
        if not 0 <= index < len(self.ops):
            raise ValueError("Invalid node index")
        op = self.ops[index]
        return {
            "index": index,
            "op_name": op["op"],
            "inputs": _ints(op["inputs"]),
            "outputs": _ints(op["outputs"]),
            "operand_types": [self.dtype(t) for t in op["inputs"] if t != -1],
            "result_types": [self.dtype(t) for t in op["outputs"] if t != -1],
        }


class Wrapper:
    """The part of LiteRT's `_interpreter` that scripts in the wild use: counts, and what each node reads and makes."""

    def __init__(self, details: Details) -> None:
        self._details = details

    def NumTensors(self, subgraph_index: int = 0) -> int:
        self._details.check_subgraph(subgraph_index)
        return len(self._details.tensors)

    def NumSubgraphs(self) -> int:
        return self._details.subgraphs

    def NumNodes(self) -> int:
        return len(self._details.ops)

    def NodeName(self, index: int) -> str:
        return str(self._details.op(index)["op_name"])

    def NodeInputs(self, index: int) -> AnyArray:
        inputs: AnyArray = self._details.op(index)["inputs"]
        return inputs

    def NodeOutputs(self, index: int) -> AnyArray:
        outputs: AnyArray = self._details.op(index)["outputs"]
        return outputs
