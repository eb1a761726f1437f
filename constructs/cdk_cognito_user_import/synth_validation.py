"""The check of a CSV at synth."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_cdk import App

from . import verdict as verdicts
from ._lambda.user_import import users_csv
from ._lambda.user_import.users_csv import Unit, printable_name, validate_file
from .app_validation import AppValidation, Level, Message
from .messages import validations as messages
from .pool_check import pool_problems
from .pool_schema import known_pool
from .verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aws_cdk import aws_cognito as cognito
    from constructs import Construct

    from ._lambda.user_import.users_csv import Location, Pool
    from .source_config import LocalUsers
    from .verdict import BrokenRule

_CACHE = "user-import-checks"
_INDENT = "\n    "


class SynthCheck(AppValidation):
    """Checks a CSV by the user pool of the complete app."""

    def __init__(self, scope: Construct, user_pool: cognito.IUserPool, users: LocalUsers) -> None:
        self._user_pool = user_pool
        self._users = users
        self._messages: Sequence[Message] | None = None
        super().__init__(scope)

    def users(self) -> int:
        """Return the number of users in the file, valid or not."""
        return self._verdict.users

    def messages(self) -> Sequence[Message]:
        """Return a message for each broken rule, for the user pool, and of the normalizations."""
        if self._messages is None:
            self._messages = list(self._check())
        return self._messages

    def _check(self) -> Iterator[Message]:
        pool, verdict = self._pool, self._verdict
        name = self._users.name
        for rule in verdict.broken:
            level = Level.WARNING if rule.is_warning else Level.ERROR
            yield Message(level, rule.id, describe(rule, self._users))
        for problem in pool_problems(pool):
            yield Message(Level.ERROR, "user-pool", problem)
        if verdict.normalized:
            text = messages.normalized(name, verdict.normalized)
            yield Message(Level.INFO, "normalized", text)
        if verdict.unchecked:
            text = messages.left_for_deployment(name, verdict.unchecked)
            yield Message(Level.INFO, "unchecked", text)

    @cached_property
    def _pool(self) -> Pool:
        return known_pool(self._user_pool)

    @cached_property
    def _verdict(self) -> Verdict:
        """Return the verdict, from the last synth's cache if nothing has changed."""
        app, pool = self._scope.node.root, self._pool
        if not isinstance(app, App):
            return self._read(pool)
        path = Path(app.outdir, _CACHE, f"{self._key(pool)}.json")
        with suppress(OSError, KeyError, TypeError, ValueError):
            return Verdict.from_json(path.read_text(encoding="utf-8"))
        verdict = self._read(pool)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(verdict.to_json(), encoding="utf-8")
        return verdict

    def _read(self, pool: Pool) -> Verdict:
        return Verdict.of(validate_file(self._users.path, pool, options=self._users.reading))

    def _key(self, pool: Pool) -> str:
        """Return a hash of everything a verdict depends on: file, pool, read options, rules."""
        parts: list[Any] = [self._users.content_hash, self._users.reading.to_json(), pool]
        digest = hashlib.sha256(json.dumps(parts).encode())
        rules = sorted(Path(users_csv.__file__).parent.glob("**/*.py"))
        for module in [*rules, Path(verdicts.__file__)]:
            digest.update(module.read_bytes())
        return digest.hexdigest()[:32]


def describe(rule: BrokenRule, users: LocalUsers) -> str:
    """Return the message of a broken rule: a heading, and a line for each of the first places."""
    texts = {each.text for each in rule.places}
    heading = rule.places[0].text if len(texts) == 1 else messages.breaks_rule(rule.requirement)
    summary = messages.rule_warned if rule.is_warning else messages.rule_broken
    lines = [summary(users.name, rule.id, rule.count, heading)]
    for each in rule.places:
        parts = [_place(each.location, users), each.text if len(texts) > 1 else ""]
        lines.append(": ".join(filter(None, parts)))
    if rule.count > len(rule.places):
        lines.append(messages.more_places(rule.count - len(rule.places)))
    return _INDENT.join(filter(None, lines))


def _place(place: Location, users: LocalUsers) -> str:
    """Return a place as editors understand it; empty where the text gives the place."""
    if place.line is None or place.unit is Unit.RECORD:
        return place.describe()
    column = printable_name(place.column) if place.column else ""
    return messages.line_of_file(_shown(users.path), place.line, column)


def _shown(path: Path) -> str:
    """Return the path relative to the working directory, where that is shorter."""
    with suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)
