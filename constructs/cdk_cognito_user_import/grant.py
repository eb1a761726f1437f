"""How a role gets its rights: in itself, or in a managed policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import IConstruct


def grant_more(holder: IConstruct, statement: iam.PolicyStatement) -> None:
    """Add a statement to what ``grant`` returned."""
    if isinstance(holder, iam.ManagedPolicy):
        holder.add_statements(statement)
        return
    resource = holder.node.default_child
    assert isinstance(resource, iam.CfnRole)
    assert isinstance(resource.policies, list)
    (policy,) = resource.policies
    assert isinstance(policy, iam.CfnRole.PolicyProperty)
    policy.policy_document.add_statements(statement)


def grant(
    role: iam.Role, name: str, statements: Sequence[iam.PolicyStatement], *, managed: bool
) -> IConstruct:
    """Give a role rights that are in force as soon as it is.

    Args:
        role: a role without inline policies.
        name: of the policy.
        statements: the rights.
        managed: whether to put them into a managed policy, to which the role refers.

    Returns:
        The resource in which the statements stand.
    """
    if managed:
        policy = iam.ManagedPolicy(role, name, statements=list(statements))
        role.add_managed_policy(policy)
        return policy
    resource = role.node.default_child
    assert isinstance(resource, iam.CfnRole)
    resource.policies = [
        iam.CfnRole.PolicyProperty(
            policy_name=name, policy_document=iam.PolicyDocument(statements=list(statements))
        )
    ]
    return role
