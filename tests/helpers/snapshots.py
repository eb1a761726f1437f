"""Texts that are held word for word by files, which `UPDATE_SNAPSHOTS=1 pytest <test>` rewrites."""

from __future__ import annotations

import inspect
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType


def held_by(path: Path, text: str) -> str:
    """Return the text that a snapshot file holds; with UPDATE_SNAPSHOTS, write `text` first."""
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")


def functions_of(module: ModuleType) -> dict[str, Callable[..., str]]:
    """Return the public functions that a module defines, in its order.

    Mutation tests put the variants of a function beside it; these are left out.
    """
    return {
        name: each
        for name, each in vars(module).items()
        if inspect.isfunction(each)
        and each.__module__ == module.__name__
        and not name.startswith("_")
        and "mutmut" not in name
    }
