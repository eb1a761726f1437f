"""The CloudWatch Logs role, judged by MiniStack's policy evaluator (facts §3.1, §3.2).

Not `iam_evaluator.evaluate_trust_policy`: it lets an account's root pass any `Service`
principal. Not `iam:SimulatePrincipalPolicy`: it ignores the context entries. Condition keys
of the context must be lower case.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from ministack.core import iam_evaluator
from ministack.services import iam

from . import role_history

if TYPE_CHECKING:
    from cognito_import_local.settings import ImportSettings

    from .scope import Scope

_PRINCIPAL: Final = "cognito-idp.amazonaws.com"


def usable(
    scope: Scope,
    *,
    role_arn: str,
    group: str,
    pool_arn: str,
    settings: ImportSettings,
) -> bool:
    """Return whether the import service can assume the role and write to the log group."""
    name = role_arn.rsplit("/", 1)[-1]
    role = iam._roles.get_scoped(scope.account, None, name)
    if role is None or role["Arn"] != role_arn:
        return False
    history = role_history.history()
    if history.age(scope.account, name) < settings.role_propagation_seconds:
        return False
    context = {}
    if settings.sends_source_keys:
        context = {"aws:sourcearn": pool_arn, "aws:sourceaccount": scope.account}
    trust = history.trust(scope.account, name)
    return _trusts_cognito(scope, role_arn, trust, context) and _may_write(scope, name, group)


def _context(scope: Scope, principal: str, action: str, resource: str) -> Any:
    return iam_evaluator.EvalContext(
        principal_arn=principal,
        principal_type="AssumedRole",
        principal_account=scope.account,
        action=action,
        resource_arn=resource,
        region=scope.region,
    )


def _trusts_cognito(scope: Scope, role_arn: str, trust: Any, keys: dict[str, str]) -> bool:
    document = trust or "{}"
    if isinstance(document, str):
        document = json.loads(document if document.lstrip().startswith("{") else unquote(document))
    statements = document.get("Statement") or []
    context = _context(scope, "", "sts:AssumeRole", role_arn)
    context.service_context = keys
    allowed = False
    for statement in [statements] if isinstance(statements, dict) else statements:
        actions = statement.get("Action") or []
        principal = statement.get("Principal")
        if (
            (principal == "*" or iam_evaluator._service_principal_matches(principal, _PRINCIPAL))
            and iam_evaluator._action_matches(
                "sts:AssumeRole", [actions] if isinstance(actions, str) else actions, []
            )
            and iam_evaluator._conditions_met(statement.get("Condition") or {}, context)
        ):
            if statement.get("Effect") == "Deny":
                return False
            allowed = True
    return allowed


def _may_write(scope: Scope, name: str, group: str) -> bool:
    group_arn = f"arn:aws:logs:{scope.region}:{scope.account}:log-group:{group}"
    # Both spellings of a log group's ARN are in use, with and without the trailing `:*`.
    groups = (group_arn, f"{group_arn}:*")
    streams = (f"{group_arn}:log-stream:*",)
    return all(
        any(_allowed(scope, name, action, resource) for resource in resources)
        for action, resources in (
            ("logs:CreateLogGroup", groups),
            ("logs:CreateLogStream", groups),
            ("logs:DescribeLogStreams", groups),
            ("logs:PutLogEvents", streams),
        )
    )


def _allowed(scope: Scope, name: str, action: str, resource: str) -> bool:
    principal = f"arn:aws:sts::{scope.account}:assumed-role/{name}/CognitoUserImport"
    policies = iam_evaluator._gather_role_policies(name, scope.account)
    limits = iam_evaluator._permissions_boundary(iam._roles, name, scope.account)
    result = iam_evaluator.evaluate(_context(scope, principal, action, resource), policies, *limits)
    return bool(result.decision == "Allow")
