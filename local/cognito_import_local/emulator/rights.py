"""The rights of a role or a service, from MiniStack's policy evaluator, without a request.

MiniStack checks the callers of its API. A role that a service assumes, and a service that a key's
policy names, call no API here; the patches in this folder check their rights. Not
`iam_evaluator.evaluate_trust_policy`: it lets an account's root pass any `Service` principal. Not
`iam:SimulatePrincipalPolicy`: it ignores the context entries. Condition keys of the context must be
lower case. Used: `iam_evaluator.EvalContext`, `evaluate`, `parse_policy_document`,
`_service_principal_matches`, `combine_resource_policy`, `enforce`, `_gather_role_policies`,
`_permissions_boundary`, `_resource_policy`, `iam._roles`, `kms._resolve_key`,
`iam_actions.identity_denial_message`.
"""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ministack.core import iam_actions, iam_evaluator
from ministack.services import iam

from .scope import pinned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..service.scope import Scope


_KEY_POLICY_REQUIRED = "kms"


def role_of(scope: Scope, arn: str) -> dict[str, Any] | None:
    """Return the record of a role, or None where the account has no such role."""
    role: dict[str, Any] | None = iam._roles.get_scoped(scope.account, None, arn.rsplit("/", 1)[-1])
    return role if role is not None and role["Arn"] == arn else None


def key_of(key_id: str) -> dict[str, Any] | None:
    """Return the record of a key by its id, alias or ARN; call in the key's scope."""
    kms: Any = importlib.import_module("ministack.services.kms")
    record: dict[str, Any] | None = kms._resolve_key(key_id)
    return record


def trusts(scope: Scope, role: Mapping[str, Any], service: str, keys: Mapping[str, str]) -> bool:
    """Return whether a role's trust policy lets a service assume the role.

    Args:
        scope: The role's.
        role: Its record.
        service: The service principal, such as `states.amazonaws.com`.
        keys: The condition keys that the service sends, in lower case.
    """
    document = role.get("AssumeRolePolicyDocument") or "{}"
    if isinstance(document, str) and not document.lstrip().startswith("{"):
        document = unquote(document)
    return service_may(
        scope, document, service, action="sts:AssumeRole", resource=role["Arn"], keys=keys
    )


def service_may(
    scope: Scope,
    document: Any,
    service: str,
    *,
    action: str,
    resource: str,
    keys: Mapping[str, str],
) -> bool:
    """Return whether the policy of a resource lets a service act on the resource.

    It must name the service, or all principals by `"Principal": "*"`;
    `{"AWS": "*"}` is not a service.
    """
    policy = json.loads(document) if isinstance(document, str) else document
    statements = (policy or {}).get("Statement") or []
    applicable = [
        statement
        for statement in ([statements] if isinstance(statements, dict) else statements)
        if statement.get("Principal") == "*"
        or iam_evaluator._service_principal_matches(statement.get("Principal"), service)
    ]
    parsed = iam_evaluator.parse_policy_document({"Statement": applicable})
    result = iam_evaluator.evaluate(_context(scope, "", action, resource, keys), [parsed])
    return bool(result.decision == "Allow")


def role_denial(
    scope: Scope,
    role_arn: str,
    session: str,
    *,
    action: str,
    resource: str,
    keys: Mapping[str, str] | None = None,
) -> str | None:
    """Return why a session of a role may not act on a resource, or None where it may.

    Args:
        scope: Scope of the role and the resource.
        role_arn: The role's.
        session: The name of the session.
        action: Such as `lambda:InvokeFunction`.
        resource: Its ARN. The policy of the resource counts too; a key's must allow.
        keys: Condition keys of the request, in lower case.
    """
    name = role_arn.rsplit("/", 1)[-1]
    principal = f"arn:aws:sts::{scope.account}:assumed-role/{name}/{session}"
    context = _context(scope, principal, action, resource, keys or {})
    limits = iam_evaluator._permissions_boundary(iam._roles, name, scope.account)
    policies = iam_evaluator._gather_role_policies(name, scope.account)
    with pinned(scope):
        result = iam_evaluator.evaluate(context, policies, *limits)
        service = action.partition(":")[0]
        found = iam_evaluator._resource_policy(service, resource)
        if found is not None:
            result = iam_evaluator.combine_resource_policy(
                result, context, *found, required=service == _KEY_POLICY_REQUIRED, limits=limits
            )
    if result.decision == "Allow":
        return None
    return _denial(action, principal, resource, explicit=result.decision == "Deny")


def caller_denial(
    scope: Scope,
    access_key: str,
    *,
    action: str,
    resource: str,
    keys: Mapping[str, str] | None = None,
) -> str | None:
    """Return why the caller of a request may not act on a resource, or None where they may.

    Call it after MiniStack has authenticated the request, in the request's context.
    """
    service = action.partition(":")[0]
    denied = iam_evaluator.enforce(
        access_key,
        action,
        service,
        scope.region,
        resource_arn=resource,
        service_context=dict(keys or {}),
    )
    if denied is None:
        return None
    if isinstance(denied, iam_evaluator.AuthError):
        return str(denied.message)
    return _denial(action, denied.principal_arn, resource, explicit=denied.decision == "Deny")


def _denial(action: str, principal: str, resource: str, *, explicit: bool) -> str:
    return str(iam_actions.identity_denial_message(action, principal, resource, explicit))


def _context(
    scope: Scope, principal: str, action: str, resource: str, keys: Mapping[str, str]
) -> Any:
    return iam_evaluator.EvalContext(
        principal_arn=principal,
        principal_type="AssumedRole",
        principal_account=scope.account,
        action=action,
        resource_arn=resource,
        region=scope.region,
        service_context=dict(keys),
    )
