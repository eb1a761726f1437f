"""Shares of a test that goes through many seeds: one in `make test`, all in `make test-all`."""

import pytest


def batches(number, *, quick=1):
    """Numbers from 0 for ``parametrize``; all but the first few are slow."""
    slow = (pytest.param(batch, marks=pytest.mark.slow) for batch in range(quick, number))
    return [*range(quick), *slow]
