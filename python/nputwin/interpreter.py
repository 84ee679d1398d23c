"""The interface of ``ai_edge_litert.interpreter`` over nputwin's arithmetic.

``from nputwin.interpreter import Interpreter`` in the place of ``from ai_edge_litert.interpreter import Interpreter``
runs a script unchanged; ``profile="vip-v8"`` runs it with the arithmetic of a chip.

Source: ai_edge_litert 2.3.0; tests/python compares details, errors and outputs with it.
"""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Any, Callable, Optional, Sequence, Union

import numpy as np

from . import _arrays
from ._details import Details, Wrapper
from ._errors import Error
from ._model import Model
from ._resolver import OpResolverType, default_profile, profile_of
from ._signature import SignatureRunner
from ._twin import Twin

if TYPE_CHECKING:
    from ._arrays import AnyArray

__all__ = ["Interpreter", "InterpreterWithCustomOps", "OpResolverType", "SignatureRunner", "default_profile"]

_MOST_THREADS = 1024  # that the library takes
_NOT_READY = "Invoke called on model that is not ready."
_NO_DATA = "Tensor data is null. Run allocate_tensors() first"
_UNALLOCATED = "Cannot set tensor: Tensor is unallocated. Try calling allocate_tensors() first"
_REFERENCED = ("There is at least 1 reference to internal data in the interpreter in the form of a numpy array or slice. Be "
               "sure to only hold the function returned from tensor() if you are using raw data access.")


def _refuse(keyword: str, given: object, why: str) -> None:
    if given:
        raise ValueError(f"{keyword}={given!r}: {why}")


class Interpreter:
    """Runs a model with the exact arithmetic of a profile. The interface is that of ai_edge_litert.

    Args:
      model_path: path of a .tflite file.
      model_content: its bytes, instead.
      experimental_delegates: must be empty. A placement is a profile: ``profile="vx(vip-v8)+tflite-2.9.1-arm64"``.
      num_threads: threads to use, 1 to 1024. No result depends on it.
      experimental_op_resolver_type: BUILTIN_REF and BUILTIN_WITHOUT_DEFAULT_DELEGATES take the profile ``…-ref`` or
        ``…-builtin`` of the runtime that `profile` names; not where that is a document.
      experimental_preserve_all_tensors: keep every op's outputs, for `get_tensor`, `tensor` and `accumulators`.
      experimental_disable_delegate_clustering: must be False. Profiles are measured with the runtime's own partition.
      experimental_default_delegate_latest_features: must be False, likewise.
      experimental_compress_quantization_zero_points: details give equal zero points of channels once.
      experimental_disable_delegate_node_fusion: must be False, likewise.
      experimental_force_delegate_node_profiling: has no effect: there is nothing to profile.
      profile: whose arithmetic: a name that ``nputwin profiles`` lists, a variant, a placement, the path of a document or
        the document. By default `default_profile()`, the LiteRT of this processor.
      on_cpu: ops that the profile's delegate must not claim: types, indices or names of outputs, with * and ?.
      isa: the instruction set to use. No result depends on it.

    Raises:
      ValueError: no model, two models, one that cannot be read, or a keyword with a value that cannot apply.
    """

    def __init__(
        self,
        model_path: Optional[Union[str, "os.PathLike[str]"]] = None,
        model_content: Optional[Union[bytes, bytearray, memoryview]] = None,
        experimental_delegates: Optional[Sequence[object]] = None,
        num_threads: Optional[int] = None,
        experimental_op_resolver_type: OpResolverType = OpResolverType.AUTO,
        experimental_preserve_all_tensors: bool = False,
        experimental_disable_delegate_clustering: bool = False,
        experimental_default_delegate_latest_features: bool = False,
        experimental_compress_quantization_zero_points: bool = False,
        experimental_disable_delegate_node_fusion: bool = False,
        experimental_force_delegate_node_profiling: bool = False,
        *,
        profile: Optional[str] = None,
        on_cpu: Union[str, Sequence[str]] = (),
        isa: Optional[str] = None,
    ) -> None:
        self._profile = profile_of(profile, experimental_op_resolver_type)
        if num_threads is not None:
            if not isinstance(num_threads, int) or isinstance(num_threads, bool):
                raise ValueError("type of num_threads should be int")
            if num_threads < 1:
                raise ValueError("num_threads should >= 1")
            if num_threads > _MOST_THREADS:
                raise ValueError(f"num_threads should <= {_MOST_THREADS}")
        _refuse("experimental_delegates", experimental_delegates,
                "no delegate runs here; name the arithmetic instead, such as profile='vx(vip-v8)+tflite-2.9.1-arm64'")
        measured = "profiles are measured with the runtime's default partition; expected False"
        _refuse("experimental_disable_delegate_clustering", experimental_disable_delegate_clustering, measured)
        _refuse("experimental_default_delegate_latest_features", experimental_default_delegate_latest_features, measured)
        _refuse("experimental_disable_delegate_node_fusion", experimental_disable_delegate_node_fusion, measured)
        self._model = self._read(model_path, model_content)
        self._details = Details(self._model, experimental_compress_quantization_zero_points)
        self._experimental_compress_quantization_zero_points = experimental_compress_quantization_zero_points
        self._interpreter = Wrapper(self._details)
        self._settings = [("threads", str(num_threads or 1)), ("isa", isa or "auto"),
                          ("keep", "yes" if experimental_preserve_all_tensors else "no"), *_arrays.shape_options(None, on_cpu)]
        self._shapes: dict[int, tuple[int, ...]] = {}  # of the inputs that were resized
        self._twin: Optional[Twin] = None  # None until tensors are allocated
        self._views: weakref.WeakSet[Any] = weakref.WeakSet()

    @staticmethod
    def _read(path: Optional[Union[str, "os.PathLike[str]"]], content: Optional[Union[bytes, bytearray, memoryview]]) -> Model:
        if path and content:
            raise ValueError("Can't both provide `model_path` and `model_content`")
        if not path and not content:
            raise ValueError("`model_path` or `model_content` must be specified.")
        try:
            if content:
                return Model(content, name="model_content")
            assert path
            return Model(path)
        except Error as e:
            if content:
                raise ValueError(f"The model is not a valid Flatbuffer buffer: {e}") from e
            raise ValueError(f"Could not open '{os.fspath(path or '')}'. {e}") from e

    # What is beyond LiteRT's interface.

    @property
    def profile(self) -> str:
        """Whose arithmetic this is."""
        return self._profile

    @property
    def notes(self) -> list[str]:
        """What the profile warns of in this model; empty before `allocate_tensors`."""
        return list(self._twin.context.notes) if self._twin else []

    def accumulators(self, op_index: int) -> AnyArray:
        """The exact sums of a multiply-accumulate op in the last run, before they are rescaled to codes.

        Args:
          op_index: the op's index, as in `_get_ops_details`.

        Returns:
          int64, of the shape of the op's first output; products of codes without their zero points, the bias included.

        Raises:
          nputwin.Error: the op sums up no products, or an input of it has no values: that needs
            experimental_preserve_all_tensors=True and a run.
        """
        return self._ready().accumulators(op_index)

    # As LiteRT has it.

    def allocate_tensors(self) -> None:
        """Prepares the model. Needed before the first run, and after `resize_tensor_input`.

        Raises:
          nputwin.Error: the profile is not known, or has no rule for an op; a shape does not fit.
          RuntimeError: an array of `tensor()` is still held.
        """
        self._ensure_safe()
        if self._twin is None:
            shapes = {self._details.tensors[i]["name"]: shape for i, shape in self._shapes.items()}
            self._twin = Twin(self._model, self._profile, self._settings + _arrays.shape_options(shapes, ()))

    def _ready(self) -> Twin:
        if self._twin is None:
            raise RuntimeError(_NOT_READY)
        return self._twin

    def _safe_to_run(self) -> bool:
        return len(self._views) == 0

    def _ensure_safe(self) -> None:
        if not self._safe_to_run():
            raise RuntimeError(_REFERENCED)

    def invoke(self) -> None:
        """Runs the model. Other Python threads go on meanwhile.

        Raises:
          RuntimeError: tensors are not allocated, or an array of `tensor()` is still held.
        """
        self._ensure_safe()
        self._ready().run()

    def set_tensor(self, tensor_index: int, value: Any) -> None:
        """Copies values into an input of the model, once.

        Args:
          tensor_index: the input's `index`.
          value: an array, or what NumPy makes one of, of exactly the input's dtype and shape.

        Raises:
          ValueError: another dtype or shape; tensors are not allocated; no input has that index.
        """
        self._details.check_tensor(tensor_index)
        if self._twin is None:
            raise ValueError(_UNALLOCATED)
        if tensor_index not in self._model.inputs:
            raise ValueError(f"Cannot set tensor: tensor {tensor_index} is not an input of the model")
        k = self._model.inputs.index(tensor_index)
        array = np.asarray(value)
        expected = self._details.dtype(tensor_index)
        if array.dtype.type is not expected:
            raise ValueError(
                f"Cannot set tensor: Got value of type {array.dtype.name.upper()} but expected type "
                f"{np.dtype(expected).name.upper()} for input {tensor_index}, name: {self._details.tensors[tensor_index]['name']} ")
        shape = self._twin.shape(tensor_index)
        if array.ndim != len(shape):
            raise ValueError(f"Cannot set tensor: Dimension mismatch. Got {array.ndim} but expected {len(shape)} for input {tensor_index}.")
        for d, (got, wanted) in enumerate(zip(array.shape, shape)):
            if got != wanted:
                raise ValueError(f"Cannot set tensor: Dimension mismatch. Got {got} but expected {wanted} for dimension {d} of input {tensor_index}.")
        self._twin.set_input(k, array)

    def get_tensor(self, tensor_index: int, subgraph_index: int = 0) -> AnyArray:
        """A copy of a tensor's values: an input, an output, a constant; any other with experimental_preserve_all_tensors.

        Raises:
          ValueError: there is no such tensor, or it has no values.
        """
        self._details.check_tensor(tensor_index, subgraph_index)
        return self._view(tensor_index)[0].copy()

    def tensor(self, tensor_index: int) -> Callable[[], AnyArray]:
        """A function that gives the tensor's values where they lie, without a copy.

        Hold the function, not the array: while an array is held, `invoke` and `allocate_tensors` refuse to run. Arrays on
        inputs can be written; all others are read-only, unlike LiteRT's.

        Returns:
          A function. It raises ValueError where there is no such tensor, or it has no values.
        """
        def values() -> AnyArray:
            self._details.check_tensor(tensor_index)
            array, memory = self._view(tensor_index)
            self._views.add(memory)
            return array
        return values

    def _view(self, index: int) -> tuple[AnyArray, object]:
        if self._twin is None:
            raise ValueError(_NO_DATA)
        if index in self._model.inputs:
            return self._twin.input(self._model.inputs.index(index))
        if index in self._model.outputs:
            return self._twin.output(self._model.outputs.index(index))
        found = self._twin.tensor(index)
        if found is None:
            raise ValueError(_NO_DATA)
        return found

    def resize_tensor_input(self, input_index: int, tensor_size: Any, strict: bool = False) -> None:
        """Gives an input another shape. `allocate_tensors` must be called before the next run.

        Args:
          input_index: the input's `index`.
          tensor_size: the shape.
          strict: only dimensions that are -1 in `shape_signature` may change.

        Raises:
          ValueError: the shape is not a list of numbers of at least 1 each, or has none; the input shares its name with
            another or has none, by which alone the library knows it.
          RuntimeError: no input has that index; strict forbids it; an array of `tensor()` is still held.
        """
        self._ensure_safe()
        size = np.array(tensor_size, dtype=np.int32)
        if size.ndim != 1:
            raise ValueError(f"Shape should be 1D instead of {size.ndim}.")
        if input_index not in self._model.inputs:
            raise RuntimeError(f"tensor_index {input_index} is not an input of the model")
        shape = tuple(int(d) for d in size)
        current = self._shape(input_index)
        if strict:
            signature = self._details.tensors[input_index]["shape_signature"]
            if len(shape) != len(current):
                raise RuntimeError(f"Attempting to resize tensor {input_index} of {len(current)} dimensions to {len(shape)} dimensions.")
            for d, (old, new, given) in enumerate(zip(current, shape, signature)):
                if old != new and given != -1:
                    raise RuntimeError(
                        f"Attempting to resize dimension {d} of tensor {input_index} with value {old} to {new}. "
                        "ResizeInputTensorStrict only allows mutating unknown dimensions identified by -1.")
        if shape != current:
            self._check_resizable(input_index, shape)
            self._shapes[input_index] = shape
            self._twin = None

    def _check_resizable(self, index: int, shape: tuple[int, ...]) -> None:
        name = self._details.tensors[index]["name"]
        where = f"Cannot resize input {index}, name: {name!r}, to {list(shape)}"
        if not shape or min(shape) < 1:
            raise ValueError(f"{where}: expected one dimension or more, each of at least 1")
        if not name or [self._details.tensors[i]["name"] for i in self._model.inputs].count(name) > 1:
            raise ValueError(f"{where}: shapes are given by name; expected a name that no other input has")

    def _shape(self, index: int) -> tuple[int, ...]:
        if self._twin is not None:
            return self._twin.shape(index)
        return tuple(self._shapes.get(index, self._details.tensors[index]["shape"]))

    def _get_tensor_details(self, tensor_index: int, subgraph_index: int) -> dict[str, Any]:
        self._details.check_tensor(int(tensor_index), int(subgraph_index))
        return self._details.tensor(int(tensor_index), self._shape(int(tensor_index)), int(subgraph_index))

    def _get_op_details(self, op_index: int) -> dict[str, Any]:
        return self._details.op(int(op_index))

    def _get_ops_details(self) -> list[dict[str, Any]]:
        return [self._details.op(i) for i in range(len(self._details.ops))]

    def num_subgraphs(self) -> int:
        """How many graphs the file has."""
        return self._details.subgraphs

    def get_tensor_details(self, subgraph_index: int = 0) -> list[dict[str, Any]]:
        """Every tensor of the main graph whose type nputwin reads, as `get_input_details` describes one.

        Raises:
          ValueError: another graph than the main one.
        """
        if not 0 <= subgraph_index < self._details.subgraphs:
            raise ValueError(f"subgraph_index is out of range: {subgraph_index} for the model, which has {self._details.subgraphs} subgraphs.")
        self._details.check_subgraph(subgraph_index)
        return [self._get_tensor_details(i, 0) for i in range(len(self._details.tensors)) if self._details.dtype(i) is not None]

    def get_input_details(self) -> list[dict[str, Any]]:
        """The model's inputs, a dictionary each.

        Returns:
          ``name``; ``index``; ``shape`` and ``shape_signature`` (int32 arrays, -1 in the latter: open); ``dtype``;
          ``quantization`` (scale, zero point; of one scale); ``quantization_parameters`` (``scales`` float32,
          ``zero_points`` int32, ``quantized_dimension``, ``block_size``), where real = scale * (code - zero point);
          ``sparsity_parameters``, empty.
        """
        return [self._get_tensor_details(i, 0) for i in self._model.inputs]

    def get_output_details(self) -> list[dict[str, Any]]:
        """The model's outputs, as `get_input_details` describes inputs."""
        return [self._get_tensor_details(i, 0) for i in self._model.outputs]

    def get_signature_list(self) -> dict[str, dict[str, list[str]]]:
        """The model's signatures: ``{key: {"inputs": [name, …], "outputs": [name, …]}}``."""
        return {key: {side: list(names) for side, names in signature.items()} for key, signature in self._details.signatures.items()}

    def _get_full_signature_list(self) -> dict[str, dict[str, dict[str, int]]]:
        return {key: {side: dict(names) for side, names in signature.items()} for key, signature in self._details.signatures.items()}

    def get_signature_runner(self, signature_key: Optional[str] = None) -> SignatureRunner:
        """What runs a signature: called with an array for each input by name, it gives a dictionary of outputs.

        Args:
          signature_key: which; None where the model has one.

        Raises:
          ValueError: the model has no such signature, or not exactly one.
        """
        if signature_key is None:
            if len(self._details.signatures) != 1:
                raise ValueError(
                    f"SignatureDef signature_key is None and model has {len(self._details.signatures)} Signatures. "
                    "None is only allowed when the model has 1 SignatureDef")
            signature_key = next(iter(self._details.signatures))
        return SignatureRunner(self, signature_key)

    def reset_all_variables(self) -> None:
        """Gives the model's variables the values that they had before the first run."""
        if self._twin is not None:
            self._twin.reset()

    @property
    def experimental_compress_quantization_zero_points(self) -> bool:
        """As it was given."""
        return self._experimental_compress_quantization_zero_points

    def _native_handle(self) -> int:
        raise NotImplementedError("there is no tflite::Interpreter behind an nputwin.Interpreter")


class InterpreterWithCustomOps(Interpreter):
    """An Interpreter for scripts that name this class. A custom op's code cannot be loaded.

    Raises:
      ValueError: there are custom_op_registerers; else as `Interpreter`.
    """

    def __init__(self, custom_op_registerers: Optional[Sequence[object]] = None, **kwargs: Any) -> None:
        _refuse("custom_op_registerers", custom_op_registerers, "nputwin computes ops by its own rules; expected none")
        super().__init__(**kwargs)
