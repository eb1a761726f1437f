"""The check of a CSV at synth, and the report of its findings."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsii
from aws_cdk import Annotations, App
from constructs import IValidation

from ._lambda.user_import import users_csv
from ._lambda.user_import.users_csv import describe_left_out, describe_normalizations, validate_file
from .messages import validations as messages
from .pool_schema import known_pool

if TYPE_CHECKING:
    from aws_cdk import aws_cognito as cognito
    from constructs import Construct

    from ._lambda.user_import.users_csv import Pool
    from .source import LocalUsers

_CACHE = "user-import-checks"
_ID = "cdk-cognito-user-import"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a check, as text without any user's values.

    Attributes:
        errors: The errors; the stack cannot be deployed with them.
        warnings: The warnings; the stack can be deployed with them.
        normalized: The values that were normalized.
        unchecked: The checks that only the deployment can do.
    """

    errors: str
    warnings: str
    normalized: str
    unchecked: str


@jsii.implements(IValidation)
class SynthCheck:
    """Checks a CSV when the app is complete: its user pool may change until then."""

    def __init__(self, scope: Construct, user_pool: cognito.IUserPool, users: LocalUsers) -> None:
        self._scope = scope
        self._user_pool = user_pool
        self._users = users
        self._errors: list[str] | None = None

    def validate(self) -> list[str]:
        """Return the errors. The CDK may call this more than once."""
        if self._errors is None:
            self._errors = list(self._check())
        return self._errors

    def _check(self) -> list[str]:
        pool = known_pool(self._user_pool)
        verdict = self._verdict(pool)
        name = self._users.name
        annotations = Annotations.of(self._scope)
        if verdict.warnings:
            annotations.add_warning_v2(
                f"{_ID}:warnings", messages.check_warnings(name, verdict.warnings)
            )
        if verdict.normalized:
            annotations.add_info_v2(
                f"{_ID}:normalized", messages.normalized(name, verdict.normalized)
            )
        if verdict.unchecked:
            annotations.add_info_v2(
                f"{_ID}:unchecked", messages.left_for_deployment(name, verdict.unchecked)
            )
        errors = [messages.users_invalid(name, verdict.errors)] if verdict.errors else []
        if pool.auto_verified == ():
            errors.append(messages.no_auto_verify())
        return errors

    def _verdict(self, pool: Pool) -> Verdict:
        """Return the verdict, from the last synth's cache if nothing has changed."""
        app = self._scope.node.root
        if not isinstance(app, App):
            return self._read(pool)
        path = Path(app.outdir, _CACHE, f"{self._key(pool)}.json")
        with suppress(OSError, TypeError, ValueError):
            return Verdict(**json.loads(path.read_text(encoding="utf-8")))
        verdict = self._read(pool)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(verdict)), encoding="utf-8")
        return verdict

    def _read(self, pool: Pool) -> Verdict:
        report = validate_file(self._users.path, pool, options=self._users.reading)
        changes = (describe_normalizations(report.normalized), describe_left_out(report.left_out))
        return Verdict(
            errors=report.findings.describe_errors(),
            warnings=report.findings.describe_warnings(),
            normalized="; ".join(filter(None, changes)),
            unchecked=", ".join(report.unchecked),
        )

    def _key(self, pool: Pool) -> str:
        """Return a hash of everything a verdict depends on: file, pool, read options, rules."""
        parts: list[Any] = [self._users.content_hash, self._users.reading.to_json(), pool]
        digest = hashlib.sha256(json.dumps(parts).encode())
        for module in sorted(Path(users_csv.__file__).parent.glob("**/*.py")):
            digest.update(module.read_bytes())
        return digest.hexdigest()[:32]
