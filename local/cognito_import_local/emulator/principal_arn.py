"""The condition key `aws:PrincipalArn` of calls that are made with an assumed role.

AWS sends the ARN of the role (IAM User Guide, "AWS global condition context keys": "the request
context returns the ARN of the role, not the ARN of the user that assumed the role"). MiniStack
sends that of the session, `arn:aws:sts::...:assumed-role/...`. Used:
`iam_evaluator._resolve_condition_key`, `iam._roles`.

Setting: none; always on.
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator
from ministack.services import iam

_KEY = "aws:principalarn"
_ASSUMED = ":assumed-role/"


def patch() -> None:
    """Send the ARN of the role from now on."""
    resolve = iam_evaluator._resolve_condition_key

    def resolve_patched(key: str, context: Any) -> Any:
        value = resolve(key, context)
        if key.lower() == _KEY and isinstance(value, str) and _ASSUMED in value:
            return _role_arn(value)
        return value

    iam_evaluator._resolve_condition_key = resolve_patched


def _role_arn(session_arn: str) -> str:
    account = session_arn.split(":")[4]
    name = session_arn.partition(_ASSUMED)[2].partition("/")[0]
    role = iam._roles.get_scoped(account, None, name)
    return str(role["Arn"]) if role else f"arn:aws:iam::{account}:role/{name}"
