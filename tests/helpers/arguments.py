"""The public functions of the library, their arguments, and what is said of a wrong type."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from cdk_cognito_user_import import (
    Choices,
    ImportWorkflow,
    LocalUsers,
    LogsRole,
    NumberRange,
    PasswordHashes,
    SourceConfig,
    StagingBucket,
    TestPassword,
    Tolerance,
    UserImport,
    UserSource,
)
from cdk_cognito_user_import.messages import arguments

if TYPE_CHECKING:
    from collections.abc import Callable

FUNCTIONS: dict[str, Callable[..., object]] = {
    "Choices": Choices,
    "ImportWorkflow": ImportWorkflow.__init__,
    "ImportWorkflow.from_attributes": ImportWorkflow.from_attributes,
    "LocalUsers": LocalUsers,
    "LogsRole": LogsRole.__init__,
    "NumberRange": NumberRange,
    "SourceConfig": SourceConfig,
    "StagingBucket": StagingBucket.__init__,
    "PasswordHashes": PasswordHashes,
    "TestPassword": TestPassword,
    "Tolerance": Tolerance,
    "UserImport": UserImport.__init__,
    "UserImport.grant_run": UserImport.grant_run,
    "UserImport.on_failed": UserImport.on_failed,
    "UserImport.on_finished": UserImport.on_finished,
    "UserImport.on_succeeded": UserImport.on_succeeded,
    "UserSource.from_bucket": UserSource.from_bucket,
    "UserSource.from_file": UserSource.from_file,
    "UserSource.from_records": UserSource.from_records,
    "UserSource.synthetic": UserSource.synthetic,
}
"""Every public function that makes something, by the name with which it is called."""


def parameters_of(function: str) -> dict[str, inspect.Parameter]:
    """Return the parameters of a public function by name, without `self`."""
    parameters = inspect.signature(FUNCTIONS[function]).parameters
    return {name: each for name, each in parameters.items() if name != "self"}


def wrong_type(function: str, argument: str, given: object) -> str:
    """Return what is said of an argument of a public function that has the wrong type."""
    annotation = parameters_of(function)[argument].annotation
    kind = annotation.removesuffix(" | None")
    text = arguments.wrong_type if kind == annotation else arguments.wrong_optional_type
    return text(argument, given, arguments.EXPECTED.get(argument, arguments.EXPECTED[kind]))
