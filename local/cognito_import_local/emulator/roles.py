"""The CloudWatch Logs role, judged by MiniStack's policy evaluator (facts §3.1, §3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import rights, role_history

if TYPE_CHECKING:
    from ..service.scope import Scope
    from ..settings import ImportSettings

_PRINCIPAL = "cognito-idp.amazonaws.com"
_SESSION = "CognitoUserImport"


def usable(
    scope: Scope,
    *,
    role_arn: str,
    group: str,
    pool_arn: str,
    settings: ImportSettings,
) -> bool:
    """Return whether the import service can assume the role and write to the log group."""
    role = rights.role_of(scope, role_arn)
    if role is None:
        return False
    history = role_history.history()
    if history.age(scope.account, role["RoleName"]) < settings.role_propagation_seconds:
        return False
    context = {}
    if settings.sends_source_keys:
        context = {"aws:sourcearn": pool_arn, "aws:sourceaccount": scope.account}
    then = {**role, "AssumeRolePolicyDocument": history.trust(scope.account, role["RoleName"])}
    return rights.trusts(scope, then, _PRINCIPAL, context) and _may_write(scope, role_arn, group)


def _may_write(scope: Scope, role_arn: str, group: str) -> bool:
    group_arn = f"arn:aws:logs:{scope.region}:{scope.account}:log-group:{group}"
    # Both spellings of a log group's ARN are in use, with and without the trailing `:*`.
    groups = (group_arn, f"{group_arn}:*")
    streams = (f"{group_arn}:log-stream:*",)
    return all(
        any(
            rights.role_denial(scope, role_arn, _SESSION, action=action, resource=resource) is None
            for resource in resources
        )
        for action, resources in (
            ("logs:CreateLogGroup", groups),
            ("logs:CreateLogStream", groups),
            ("logs:DescribeLogStreams", groups),
            ("logs:PutLogEvents", streams),
        )
    )
