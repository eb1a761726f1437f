"""What a probe is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..bench import Bench


@dataclass(frozen=True, slots=True)
class Probe:
    """A question to AWS.

    Attributes:
        name: As docs/unproven.md and the report have it.
        rows: The rows of the register that it answers.
        run: Adds the answers and facts.
        sees: By row, the setting of the local AWS that its answer depends on.
    """

    name: str
    rows: tuple[str, ...]
    run: Callable[[Bench], None]
    sees: Mapping[str, str] = field(default_factory=dict)


def probe(*rows: str, **sees: str) -> Callable[[Callable[[Bench], None]], Probe]:
    """Make a probe of a function, with the function's name.

    Args:
        *rows: The rows that it answers.
        **sees: By row, with `_` for the hyphen, a setting that its answer depends on.
    """

    def make(run: Callable[[Bench], None]) -> Probe:
        settings = {row.replace("_", "-"): setting for row, setting in sees.items()}
        return Probe(run.__name__, rows, run, settings)

    return make
