"""The directed cases, a module for each group of ops; CASES has them by name."""

from . import (
    control_flow,
    elementwise,
    fully_connected,
    functions,
    int16,
    layers,
    micro,
    move,
    rare,
    reduce,
    trial,
    unquantized,
)  # noqa: F401: they register
from .builder import CASES, Builder

__all__ = ["CASES", "Builder"]
