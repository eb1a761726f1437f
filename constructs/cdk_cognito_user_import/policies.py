"""Roles and their rights: in the role itself, or in a managed policy beside it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jsii
from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import IValidation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct, IConstruct

INLINE_CHARACTERS = 10_240
"""Characters of a role's inline policies, white space not counted (IAM User Guide, "IAM and STS
quotas")."""

MANAGED_POLICIES = 10
"""Managed policies of a role (the same page; AWS raises it to 25 on request)."""

MANAGED_CHARACTERS = 6_144
"""Characters of a managed policy, white space not counted (the same page)."""

_UNKNOWN_CHARACTERS = 64
"""Characters assumed for a value that is only known at deployment, such as a name or an id."""


@dataclass(frozen=True, slots=True)
class GrantedRole:
    """A role and the resource that holds its rights.

    Attributes:
        role: the role.
        holder: the role, or its managed policy: where cdk-nag finds the rights.
    """

    role: iam.Role
    holder: IConstruct


def make_role(
    scope: Construct,
    id: str,  # noqa: A002  as CDK names it
    *,
    assumed_by: iam.IPrincipal,
    description: str,
    statements: Sequence[iam.PolicyStatement],
    managed: bool,
    managed_policies: Sequence[iam.IManagedPolicy] = (),
    path: str | None = None,
    name: str | None = None,
) -> GrantedRole:
    """Make a role whose rights are in force as soon as the role is.

    A policy beside the role would cost a deployment 17 s more (docs/performance.md).

    Args:
        scope: the construct to make it in.
        id: the name of the construct.
        assumed_by: who may assume the role.
        description: what the role is for.
        statements: the role's rights.
        managed: whether to put the rights into a managed policy, as some rules of compliance ask.
        managed_policies: further managed policies. Default: none.
        path: of the role. Default: `/`.
        name: of the role. Default: one that CloudFormation chooses.
    """
    policy = (
        iam.ManagedPolicy(scope, f"{id}Rights", statements=list(statements)) if managed else None
    )
    document = iam.PolicyDocument(statements=list(statements))
    role = iam.Role(
        scope,
        id,
        assumed_by=assumed_by,
        description=description,
        path=path,
        role_name=name,
        inline_policies=None if managed else {"Rights": document},
        managed_policies=[*managed_policies, *([policy] if policy else [])],
    )
    role.node.add_validation(RoleQuotas(role))
    if policy is not None:
        policy.node.add_validation(PolicyQuota(policy))
    return GrantedRole(role, policy or role)


@jsii.implements(IValidation)
class RoleQuotas:
    """Counts, at synth, what IAM counts when it makes a role."""

    def __init__(self, role: iam.Role) -> None:
        self._role = role

    def validate(self) -> list[str]:
        """Return the quotas that the role exceeds."""
        resource = self._role.node.default_child
        if not isinstance(resource, iam.CfnRole):
            return []  # `Role.customize_roles` leaves making it to somebody else
        stack = Stack.of(resource)
        problems = []
        documents = [
            policy.get("policyDocument") or policy.get("PolicyDocument")
            for policy in stack.resolve(resource.policies) or ()
        ]
        # What grants add stands in policies below the role.
        documents += [
            stack.resolve(each.policy_document)
            for each in self._role.node.find_all()
            if isinstance(each, iam.CfnPolicy)
        ]
        size = sum(map(_characters, documents))
        if size > INLINE_CHARACTERS:
            problems.append(
                f"The inline policies of the role have about {size:,} characters; IAM allows "
                f"{INLINE_CHARACTERS:,}. Give the role less."
            )
        attached = len(stack.resolve(resource.managed_policy_arns) or ())
        if attached > MANAGED_POLICIES:
            problems.append(
                f"The role has {attached} managed policies; IAM allows {MANAGED_POLICIES} unless "
                "AWS has raised your quota. Attach fewer."
            )
        return problems


@jsii.implements(IValidation)
class PolicyQuota:
    """Counts, at synth, the characters of a managed policy."""

    def __init__(self, policy: iam.ManagedPolicy) -> None:
        self._policy = policy

    def validate(self) -> list[str]:
        """Return the quota if the policy exceeds it."""
        size = _characters(Stack.of(self._policy).resolve(self._policy.document))
        if size <= MANAGED_CHARACTERS:
            return []
        quota = f"IAM allows {MANAGED_CHARACTERS:,}"
        return [f"The managed policy has about {size:,} characters; {quota}. Give the role less."]


def _characters(document: Any) -> int:
    """Return the length of a policy as IAM counts it, estimated."""
    return len(re.sub(r"\s", "", json.dumps(_written(document))))


def _written(value: Any) -> Any:
    match value:
        case {"Fn::Join": [separator, list() as parts]}:
            return str(separator).join(str(_written(part)) for part in parts)
        case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::ImportValue": _} | {"Fn::Select": _}:
            return "x" * _UNKNOWN_CHARACTERS
        case dict():
            return {name: _written(each) for name, each in value.items()}
        case list():
            return [_written(each) for each in value]
        case _:
            return value
