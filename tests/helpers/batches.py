"""Batches of a test with many seeds: one runs in `make test`, all in `make test-all`."""

from __future__ import annotations

from typing import Any

import pytest


def batches(number: Any, *, quick: Any = 1) -> Any:
    """Numbers from 0 for ``parametrize``; all but the first few are slow."""
    slow = (pytest.param(batch, marks=pytest.mark.slow) for batch in range(quick, number))
    return [*range(quick), *slow]
