"""Random models in the real runtimes and in their profiles; see __main__.py."""
from . import elementwise, layers, move, reduce, sequence  # noqa: F401: they register
from .draw import Case, parse_case
from .generators import GENERATORS, make

__all__ = ["Case", "GENERATORS", "make", "parse_case"]
