r"""Which passwords a user pool takes.

AWS: a password has at most 256 characters and neither begins nor ends with white space
(InvalidParameterException, "Member must satisfy regular expression pattern: ^[\S]+.*[\S]+$",
reported by many apps; the API Reference still has `[\S]+`, which would allow no space anywhere).
The policy counts Basic Latin letters, and a space inside a password is a special character
(Developer Guide, "Adding user pool password requirements"). InvalidPasswordException says that the
policy is not met.

MiniStack checks no form, counts the letters of every alphabet, and does not count a space. Used:
`cognito._password_policy_errors`, `_validate_password`, by which all operations that set a password
check it.

Setting: none; always on.
"""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, Any

from ministack.core import responses
from ministack.services import cognito

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 256
_FORM = re.compile(r"\S+.*\S+", re.DOTALL)
_SYMBOLS = frozenset("^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= ")
_PATTERN = r"Member must satisfy regular expression pattern: ^[\S]+.*[\S]+$"
_LENGTH = f"Member must have length less than or equal to {_LONGEST}"
# What MiniStack's CreateUserPool does not fill in where a policy has only some members.
_DEFAULT_LENGTH = 8
_KINDS = (
    ("RequireUppercase", frozenset(string.ascii_uppercase), "uppercase"),
    ("RequireLowercase", frozenset(string.ascii_lowercase), "lowercase"),
    ("RequireNumbers", frozenset(string.digits), "numeric"),
    ("RequireSymbols", _SYMBOLS, "symbol"),
)


def patch() -> None:
    """Check passwords as AWS does from now on."""
    validate = cognito._validate_password

    def validate_form(pool: Any, password: Any) -> Any:
        constraint = _constraint_violated(password)
        if constraint is not None:
            message = (
                "1 validation error detected: Value at 'password' failed to satisfy constraint: "
                f"{constraint}"
            )
            return responses.error_response_json("InvalidParameterException", message, 400)
        return validate(pool, password)

    cognito._validate_password = validate_form
    cognito._password_policy_errors = _policy_errors


def _constraint_violated(password: Any) -> str | None:
    if not isinstance(password, str) or not _FORM.fullmatch(password):
        return _PATTERN
    return _LENGTH if len(password) > _LONGEST else None


def _policy_errors(pool: Mapping[str, Any], password: str) -> list[str]:
    policy = (pool.get("Policies") or {}).get("PasswordPolicy") or {}
    least = int(policy.get("MinimumLength", _DEFAULT_LENGTH))
    errors = []
    if len(password) < least:
        errors.append(f"Password must have length greater than or equal to {least}")
    errors += [
        f"Password must have {kind} characters"
        for name, allowed, kind in _KINDS
        if policy.get(name, True) and allowed.isdisjoint(password)
    ]
    return errors
