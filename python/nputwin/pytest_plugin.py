"""What pytest loads where nputwin is installed: the fixture ``assert_same``. It costs nothing until a test asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

import pytest

if TYPE_CHECKING:
    from ._diff import Diff


@pytest.fixture(scope="session")
def assert_same() -> Callable[..., Diff]:
    """`nputwin.testing.assert_same`: ``assert_same(model, a, b, inputs, tolerance=0)``."""
    from .testing import assert_same as function
    return function
