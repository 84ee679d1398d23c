"""Signatures: a model's inputs and outputs by names of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._arrays import AnyArray
    from .interpreter import Interpreter


class SignatureRunner:
    """Runs one signature of a model. `Interpreter.get_signature_runner` makes it.

    Raises:
      ValueError: the model has no such signature.

    Source: ai_edge_litert 2.3.0, interpreter.py.
    """

    def __init__(self, interpreter: Interpreter, signature_key: str) -> None:
        signatures = interpreter._get_full_signature_list()
        if signature_key not in signatures:
            raise ValueError(f'Invalid signature_key provided: "{signature_key}".')
        self._interpreter = interpreter
        self._inputs = signatures[signature_key]["inputs"]
        self._outputs = signatures[signature_key]["outputs"]

    def __call__(self, **kwargs: AnyArray) -> dict[str, AnyArray]:
        """Runs the model on an array for each input of the signature. An input takes the shape of its array.

        Returns:
          An array for each output of the signature, by its name.

        Raises:
          ValueError: an input is missing or too many, has another dtype, or a name is none of the signature's.
          nputwin.Error: the model does not take those shapes.
        """
        if len(kwargs) != len(self._inputs):
            raise ValueError("Invalid number of inputs provided for running a SignatureDef, expected "
                             f"{len(self._inputs)} vs provided {len(kwargs)}")
        for name, value in kwargs.items():
            if name not in self._inputs:
                raise ValueError(f"Invalid Input name ({name}) for SignatureDef")
            self._interpreter.resize_tensor_input(self._inputs[name], value.shape)
        self._interpreter.allocate_tensors()
        for name, value in kwargs.items():
            self._interpreter.set_tensor(self._inputs[name], value)
        self._interpreter.invoke()
        return {name: self._interpreter.get_tensor(index) for name, index in self._outputs.items()}

    def get_input_details(self) -> dict[str, dict[str, Any]]:
        """Each input of the signature by its name, as `Interpreter.get_input_details` describes one."""
        return {name: self._interpreter._get_tensor_details(index, 0) for name, index in self._inputs.items()}

    def get_output_details(self) -> dict[str, dict[str, Any]]:
        """Each output of the signature by its name, likewise."""
        return {name: self._interpreter._get_tensor_details(index, 0) for name, index in self._outputs.items()}
