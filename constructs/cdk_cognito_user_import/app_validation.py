"""The validation of a complete app, and the report of its messages.

An error can reach the user in two ways (docs/synth-errors.md):

- As an annotation. The CDK CLI prints it and fails; without the CLI, and for a stack inside a
  `Stage`, nobody may read it.
- As an error of a node's validation. The synth fails everywhere, with a traceback, and the
  annotations of the run are lost.

An error is an annotation where the CLI runs the app, which `CDK_OUTDIR` says, and reads it; else an
error of the validation.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple, cast

import jsii
from aws_cdk import Annotations, App, Stage, Validations
from constructs import IValidation

from .messages import validations as texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from constructs import IConstruct

_OUTDIR = "CDK_OUTDIR"
"""The environment variable in which the CDK CLI gives an app the folder of the cloud assembly."""

_PREFIX = "cdk-cognito-user-import"


class Level(Enum):
    """Level of a message. The stack cannot be deployed with an error."""

    ERROR = auto()
    WARNING = auto()
    INFO = auto()


class Message(NamedTuple):
    """A message about a complete app.

    Attributes:
        id: Id of the rule, unique in this library; a warning is acknowledged by it.
        text: The text, of one line or more.
    """

    level: Level
    id: str
    text: str


@jsii.implements(IValidation)
class AppValidation(ABC):
    """Validates a construct when its app is complete, because others may change it until then.

    It adds itself to its scope, like a construct.
    """

    def __init__(self, scope: IConstruct) -> None:
        self._scope = scope
        self._stage = cast("Stage", Stage.of(scope))  # a stack without an app creates one
        _ALL.append(self)
        scope.node.add_validation(self)

    @abstractmethod
    def messages(self) -> Sequence[Message]:
        """Return the messages. Called more than once, and before others may have been called."""

    def validate(self) -> list[str]:
        """Add the annotations, and return the errors that are none. The CDK calls this."""
        messages = self.messages()
        self._annotate(messages)
        errors = _only(Level.ERROR, messages)
        if not errors:
            return []
        if self._is_read_by_cli():
            for each in errors:
                Validations.of(self._scope).add_error(f"{_PREFIX}:{each.id}", each.text)
            return []
        return [each.text for each in errors] + self._lost()

    def _annotate(self, messages: Sequence[Message]) -> None:
        annotations = Annotations.of(self._scope)
        for level, id_, text in messages:
            if level is Level.WARNING:
                annotations.add_warning_v2(f"{_PREFIX}:{id_}", text)
            elif level is Level.INFO:
                annotations.add_info_v2(f"{_PREFIX}:{id_}", text)

    def _is_read_by_cli(self) -> bool:
        return _OUTDIR in os.environ and isinstance(self._stage, App)

    def _lost(self) -> list[str]:
        """Return what would be lost with a failed synth: other stages' errors, and all warnings.

        The first stage with an error ends the synth, before the app and other stages are
        validated. The first validation with an error in that stage returns them.
        """
        app = set(self._scope.node.root.node.find_all())
        found = [(each, each.messages()) for each in _ALL if each._scope in app]  # noqa: SLF001
        stage = self._stage.node.path
        own = [each for each in found if each[0]._stage.node.path == stage]  # noqa: SLF001
        first = next(each for each, messages in own if _only(Level.ERROR, messages))
        if first is not self:
            return []
        others = [each for each in found if each not in own]
        return [
            *_described(others, Level.ERROR, texts.lost_error),
            *_described(found, Level.WARNING, texts.lost_warning),
        ]


_ALL: list[AppValidation] = []
"""The validations of all apps. They live as long as the process, as all objects of jsii do."""


def _described(
    found: Sequence[tuple[AppValidation, Sequence[Message]]],
    level: Level,
    describe: Callable[[str, str], str],
) -> list[str]:
    return [
        describe(each._scope.node.path, message.text)  # noqa: SLF001
        for each, messages in found
        for message in _only(level, messages)
    ]


def _only(level: Level, messages: Sequence[Message]) -> list[Message]:
    return [each for each in messages if each.level is level]
