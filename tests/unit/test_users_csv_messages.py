"""The wording of every message about a CSV, word for word, in `users_csv_messages.txt`.

`UPDATE_SNAPSHOTS=1 pytest tests/unit/test_users_csv_messages.py` rewrites it; read the difference
before you commit it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import pytest
from helpers.csv_cases import BROKEN, NORMALIZED, as_given, check
from helpers.fuzz_users_csv import STRICT
from helpers.snapshots import functions_of, held_by

from user_import.users_csv import header_messages, messages
from user_import.users_csv.exports import messages as export_messages

SNAPSHOT = Path(__file__).parent / "users_csv_messages.txt"
SAMPLES: dict[str, tuple[Any, Any]] = {
    "int": (1, 1_000),
    "int | None": (None, 1_000),
    "bool": (False, True),
    "found": ("<found>", ""),
    "others": (0, 1_000),
}
"""Two values of a parameter, by its name or annotation; a text is its name by default."""


def texts_of(module: ModuleType) -> Iterator[str]:
    """Yield every constant, and every function's result for each set of samples."""
    functions = functions_of(module)
    for name, member in vars(module).items():
        if name.isupper():
            yield f"{name}: {member}"
        elif name in functions:
            for text in dict.fromkeys(results_of(member)):
                yield f"{name}: {text}"


def results_of(function: Callable[..., str]) -> Iterator[str]:
    hints = get_type_hints(function)
    assert hints.pop("return") is str
    for index in range(2):
        arguments = {}
        for position, name in enumerate(hints):
            default = SAMPLES.get(function.__annotations__[name], (f"<{name}>",) * 2)
            arguments[name] = SAMPLES.get(name, default)[(index + position) % 2]
        yield function(**arguments)


def test_the_validation_messages_equal_the_reviewed_snapshot() -> None:
    sections = {
        "Messages about a CSV": texts_of(messages),
        "Messages about a header": texts_of(header_messages),
        "Messages about an export": texts_of(export_messages),
        "Findings about broken files": (
            finding.describe()
            for case in BROKEN
            for finding in check(case.wrong, case.pool, case.options, case.limits).found
        ),
        "Findings with strict=True": (
            finding.describe()
            for case in NORMALIZED
            for finding in check(case.file, as_given(case), STRICT).found
        ),
    }
    text = "\n".join(
        "".join(f"{line}\n" for line in (f"# {title}", *dict.fromkeys(lines)))
        for title, lines in sections.items()
    )
    assert held_by(SNAPSHOT, text) == text


def test_a_hint_follows_a_sentence_as_its_second_half() -> None:
    assert export_messages.hinted("Remove it.", "give another") == "Remove it; give another"
    assert export_messages.hinted("Remove it.", "") == "Remove it."


@pytest.mark.parametrize("module", [messages, export_messages], ids=["csv", "exports"])
def test_a_module_of_messages_has_nothing_but_messages(module: Any) -> None:
    public = {
        name
        for name in vars(module)
        # mutmut puts its type and the variants of a function into the module.
        if not name.startswith(("_", "Mutant")) and name != "annotations" and "mutmut" not in name
    }
    assert public == {text.partition(":")[0] for text in texts_of(module)}
