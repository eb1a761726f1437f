"""The blocks of docs/performance.md that a benchmark writes, with its date and its command."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from benchmarks.csv_runs import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PERFORMANCE = ROOT / "docs" / "performance.md"


def write_block(name: str, command: str, measured: str, path: Path = PERFORMANCE) -> None:
    """Write a block in place of the last one.

    Args:
        name: The name in the comment before the block.
        command: The command that prints the same figures.
        measured: The figures.
        path: The page.

    Raises:
        SystemExit: The page has no such block.
    """
    today = datetime.datetime.now(tz=datetime.UTC).date()
    block = f"<!-- {name}: {today} -->\nMeasured {today} with `{command}`: {measured}\n<!-- end -->"
    text = path.read_text(encoding="utf-8")
    pattern = re.compile(rf"<!-- {re.escape(name)}: .*?-->.*?<!-- end -->", re.DOTALL)
    if not pattern.search(text):
        raise SystemExit(f"{path.name} has no block <!-- {name}: … --> … <!-- end -->")
    path.write_text(pattern.sub(lambda _: block, text, count=1), encoding="utf-8")
