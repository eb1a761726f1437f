"""The wording of every message of synth and of the command line, in one snapshot.

`UPDATE_SNAPSHOTS=1 pytest tests/synth/test_messages.py` rewrites it.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from helpers.snapshots import functions_of, held_by

from cdk_cognito_user_import import messages

if TYPE_CHECKING:
    from collections.abc import Callable

SNAPSHOT = Path(__file__).parent / "messages.txt"

SAMPLES: dict[str, Callable[[str], object]] = {
    "Mapping[str, str]": lambda _: {"ImportedUsers": "2", "SkippedUsers": "0"},
    "float": lambda _: 90.5,
    "int": lambda _: 1000,
    "object": lambda _: 1,
    "Sequence[str]": lambda name: [f"<{name} 1>", f"<{name} 2>"],
    "str": lambda name: f"<{name}>",
}
"""A sample for each annotation of a parameter, by the parameter's name."""


def functions() -> dict[str, Callable[..., str]]:
    """Return every message, by module and name."""
    return {
        f"{module}.{name}": function
        for module in messages.__all__
        for name, function in functions_of(getattr(messages, module)).items()
    }


def sample(function: Callable[..., str]) -> str:
    """Return the message with samples as arguments."""
    parameters = inspect.signature(function).parameters.values()
    return function(*(SAMPLES[str(each.annotation)](each.name) for each in parameters))


def test_the_wording_equals_the_reviewed_snapshot() -> None:
    wording = "\n".join(f"{name}\n    {sample(each)}\n" for name, each in functions().items())
    assert held_by(SNAPSHOT, wording) == wording


@pytest.mark.parametrize("name", functions())
def test_a_message_is_one_line_and_ends_in_a_full_stop_or_in_findings(name: str) -> None:
    text = sample(functions()[name])
    assert "\n" not in text
    assert text.endswith((".", ">"))
