"""Every text of an answer to CloudFormation, word for word, in messages.txt.

`UPDATE_SNAPSHOTS=1 pytest tests/unit/test_messages.py` writes the file again.
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import pkgutil
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from helpers.snapshots import functions_of, held_by

from user_import import contract, messages
from user_import.contract import Property
from user_import.messages import aws

SNAPSHOT = Path(__file__).with_name("messages.txt")
BY_TYPE: dict[object, tuple[object, ...]] = {
    bool: (False, True),
    int: (4000,),
    float: (0.5,),
    Property: (Property.JOB_NAME,),
}
"""Arguments for a parameter of a type; any other parameter gets its own name as text."""

BY_NAME: dict[tuple[str, str], tuple[object, ...]] = {
    ("property_not_allowed", "value"): (None, 7, "", "x;y", "x" * 200),
    ("other_contract_version", "own"): (1,),
    ("other_contract_version", "version"): (None, "7"),
    ("http_status", "status"): (503,),
    ("http_status", "code"): ("", "SlowDown"),
    ("aws_refusal", "target"): ("", "target"),
    ("workflow_broke", "cause"): ("", "cause"),
    ("password_refused", "field"): ("", "field"),
    ("users_not_listed", "listed"): (3999, 4001),
    ("passwords_missing", "imported"): (1, 4000),
}
"""Arguments for a parameter of a function, where its type is not enough."""


def modules() -> list[types.ModuleType]:
    """Return the modules of the package."""
    names = sorted(each.name for each in pkgutil.iter_modules(messages.__path__))
    return [importlib.import_module(f"{messages.__name__}.{name}") for name in names]


def constants(module: types.ModuleType) -> dict[str, str | Mapping[str, object]]:
    """Return the public constants that a module defines: texts, and mappings to texts."""
    return {
        name: each
        for name, each in vars(module).items()
        if name.isupper()
        and isinstance(each, (str, Mapping))
        and not name.startswith("_")
        and not hasattr(contract, name)
    }


def arguments_of(name: str, function: typing.Callable[..., object]) -> Iterator[dict[str, object]]:
    hints = typing.get_type_hints(function)
    choices: list[Sequence[object]] = [
        BY_NAME.get((name, each)) or BY_TYPE.get(hints[each], (f"<{each}>",))
        for each in inspect.signature(function).parameters
    ]
    names = list(inspect.signature(function).parameters)
    for values in itertools.product(*choices):
        yield dict(zip(names, values, strict=True))


def texts_of(name: str, constant: object) -> Iterator[tuple[str, str]]:
    if isinstance(constant, Mapping):
        for key, value in constant.items():
            yield from texts_of(f"{name}[{key}]", value)
    else:
        assert isinstance(constant, str), name
        yield name, constant


def snapshot() -> list[tuple[str, str]]:
    """Return every text with the call that makes it."""
    found: list[tuple[str, str]] = []
    for module in modules():
        layer = module.__name__.rpartition(".")[2]
        for name, constant in constants(module).items():
            found += texts_of(f"{layer}.{name}", constant)
        for name, function in functions_of(module).items():
            for given in arguments_of(name, function):
                shown = ", ".join(f"{key}={_shown(value)}" for key, value in given.items())
                found.append((f"{layer}.{name}({shown})", str(function(**given))))
    return found


def _shown(value: object) -> str:
    text = str(value) if not isinstance(value, str) or isinstance(value, Property) else repr(value)
    return text if len(text) <= 40 else f"{text[:30]}…"


def test_every_text_is_as_in_the_snapshot() -> None:
    written = "".join(f"{call}\n    {text}\n" for call, text in snapshot())
    assert held_by(SNAPSHOT, written) == written


@pytest.mark.parametrize(("call", "text"), snapshot(), ids=lambda value: value[:60])
def test_a_text_is_one_printable_line(call: str, text: str) -> None:
    del call
    assert text.isprintable()
    assert "  " not in text


def test_a_refusal_has_the_remedy_of_its_operation_before_that_of_any_call() -> None:
    assert aws.remedy("s3:GetObject", "AccessDenied").startswith("Check that the object")
    assert aws.remedy("s3:PutObject", "SlowDown") == aws.remedy("s3:GetObject", "503")
    assert aws.remedy("s3:GetObject", "Unheard") == ""
    refusal = aws.aws_refusal("s3:GetObject", "s3://b/k", "Unheard", "Text.")
    assert refusal == "s3:GetObject of s3://b/k: Unheard: Text."
