"""The users and roles that a trust policy names must be there.

AWS (IAM User Guide, "AWS JSON policy elements: Principal"): a role or user that is named by its ARN
is turned into its id when the policy is saved; one that does not exist is refused with
MalformedPolicyDocument, `Invalid principal in policy: "AWS":"arn:…"`.

MiniStack saves any string. Principals of other accounts are not looked at: those accounts are not
in the emulator. Used: `iam._IAM_HANDLERS`, `_roles`, `_users`, `_p`, `_error`;
`provisioners._RESOURCE_HANDLERS`.

Setting: none; always on.
"""

from __future__ import annotations

import json
import re
from typing import Any

from ministack.services import iam

from .resource_changes import ResourceChange, check_before
from .scope import current_scope

_ENTITY = re.compile(r"arn:[\w-]+:iam::(?P<account>\d{12}):(?P<kind>role|user)/(?P<path>.+)")
_OPERATIONS = {
    "CreateRole": "AssumeRolePolicyDocument",
    "UpdateAssumeRolePolicy": "PolicyDocument",
}


class InvalidPrincipalError(ValueError):
    """A trust policy names a principal that does not exist."""


def patch() -> None:
    """Patch the operations of IAM that save a trust policy."""
    for operation, parameter in _OPERATIONS.items():
        iam._IAM_HANDLERS[operation] = _checked(iam._IAM_HANDLERS[operation], parameter)


def _checked(operation: Any, parameter: str) -> Any:
    def checked(params: Any) -> Any:
        refusal = _refusal(iam._p(params, parameter))
        if refusal is not None:
            return iam._error(400, "MalformedPolicyDocument", refusal, ns="iam")
        return operation(params)

    return checked


def patch_cloudformation(provisioners: Any) -> None:
    """Patch CloudFormation's roles."""
    check_before(provisioners, "AWS::IAM::Role", _check)


def _check(change: ResourceChange) -> None:
    refusal = _refusal(change.new.get("AssumeRolePolicyDocument"))
    if refusal is not None:
        raise InvalidPrincipalError(
            f"{refusal} (Service: Iam, Status Code: 400) (HandlerErrorCode: InvalidRequest)"
        )


def _refusal(document: Any) -> str | None:
    try:
        policy = json.loads(document) if isinstance(document, str) else document
    except ValueError:
        return None
    statements = (policy or {}).get("Statement") or []
    for statement in [statements] if isinstance(statements, dict) else statements:
        principal = statement.get("Principal")
        named = principal.get("AWS") if isinstance(principal, dict) else None
        for arn in [named] if isinstance(named, str) else named or ():
            if not _there(arn):
                return f'Invalid principal in policy: "AWS":"{arn}"'
    return None


def _there(arn: str) -> bool:
    found = _ENTITY.fullmatch(arn)
    account = current_scope().account
    if found is None or found["account"] != account:
        return True
    entities = iam._roles if found["kind"] == "role" else iam._users
    entity = entities.get_scoped(account, None, found["path"].rpartition("/")[2])
    return entity is not None and entity["Arn"] == arn
