"""Statements of IAM policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COGNITO = "cognito-idp.amazonaws.com"
"""The service principal that assumes a logs role."""

LOG_ACTIONS = (
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
)
"""The rights of a logs role (Cognito Developer Guide, "Creating the CloudWatch Logs IAM role")."""


def document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    """Return a policy, or a trust policy, of statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(
    actions: Sequence[str], resources: Any, condition: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the statement that allows actions on resources."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resources}
    return {**statement, "Condition": condition} if condition else statement


def trust(
    principal: Mapping[str, Any], condition: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the statement that lets a principal assume a role."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {**statement, "Condition": condition} if condition else statement
