"""The arguments that findings print for an app, as options of this command line."""

from __future__ import annotations

import ast
import re
import shlex
from typing import TYPE_CHECKING

from .._lambda.user_import.users_csv import ExportFormat

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

# What changes values, or who is imported, is left to the user to decide.
_ARGUMENT = re.compile(
    r"\b(?:columns=(?P<columns>\{(?:[^{}\"]|\"(?:[^\"\\\n]|\\.)*\")+\})"
    r"|export=ExportFormat\.(?P<export>\w+)"
    r"|(?P<only>only_columns=True))"
)
_PLACEHOLDER = "…"


def options_of(texts: Iterable[str], given: Container[str]) -> str:
    """Return the options for the arguments in the texts of findings, each once, in their order.

    Args:
        texts: The texts.
        given: The values of `--column` on the command line, which need not be given again.
    """
    options = (option for text in texts for option in _options(text, given))
    return " ".join(dict.fromkeys(options))


def _options(text: str, given: Container[str]) -> Iterator[str]:
    for argument in _ARGUMENT.finditer(text):
        columns, export, only = argument.group("columns", "export", "only")
        if only:
            yield "--only-columns"
        elif export:
            yield f"--export {ExportFormat[export]}"
        elif _PLACEHOLDER not in columns:
            for pair in _pairs(ast.literal_eval(columns)):
                if pair not in given:
                    yield f"--column {shlex.quote(pair)}"


def _pairs(columns: dict[str, str | tuple[str, ...] | None]) -> Iterator[str]:
    for name, targets in columns.items():
        if "=" not in name:  # the option could not name such a column
            for target in targets if isinstance(targets, tuple) else (targets or "",):
                yield f"{name}={target}"
