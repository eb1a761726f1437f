"""Roles and their rights: in the role itself, or in a managed policy beside it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from .app_validation import AppValidation, Level, Message
from .messages import validations as texts

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
        role: The role.
        holder: The role or its managed policy, on which cdk-nag reports findings about the rights.
        rights: The rights, to which others may be added until the app is complete.
    """

    role: iam.Role
    holder: IConstruct
    rights: iam.PolicyDocument


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
    """Make a role that has its rights as soon as it exists.

    A policy beside the role adds 17 s to a deployment (docs/performance.md).

    Args:
        scope: Scope of the role.
        id: Construct id of the role.
        assumed_by: Principal that may assume the role.
        description: Purpose of the role.
        statements: Rights of the role.
        managed: Whether the rights are in a managed policy, as some compliance rules require.
        managed_policies: Further managed policies. Default: none.
        path: IAM path of the role. Default: `/`.
        name: Name of the role. Default: CloudFormation chooses one.
    """
    policy = (
        iam.ManagedPolicy(scope, f"{id}Rights", statements=list(statements)) if managed else None
    )
    rights = policy.document if policy else iam.PolicyDocument(statements=list(statements))
    role = iam.Role(
        scope,
        id,
        assumed_by=assumed_by,
        description=description,
        path=path,
        role_name=name,
        inline_policies=None if policy else {"Rights": rights},
        managed_policies=[*managed_policies, *([policy] if policy else [])],
    )
    RoleQuotas(role)
    if policy is not None:
        PolicyQuota(policy)
    return GrantedRole(role, policy or role, rights)


def inline_policies(
    name: str, statements: Sequence[iam.PolicyStatement], *, managed: bool
) -> dict[str, iam.PolicyDocument] | None:
    """Return the inline policies of a role; None if a managed policy has its rights."""
    return None if managed else {name: iam.PolicyDocument(statements=list(statements))}


class RoleQuotas(AppValidation):
    """Checks IAM's quotas of a role at synth."""

    def __init__(self, role: iam.Role) -> None:
        self._role = role
        super().__init__(role)

    def messages(self) -> list[Message]:
        """Return the quotas that the role exceeds."""
        resource = self._role.node.default_child
        if not isinstance(resource, iam.CfnRole):
            return []  # with `Role.customize_roles`, the role is made elsewhere
        stack = Stack.of(resource)
        exceeded = []
        documents = [
            policy.get("policyDocument") or policy.get("PolicyDocument")
            for policy in stack.resolve(resource.policies) or ()
        ]
        # Grants add policies below the role.
        documents += [
            stack.resolve(each.policy_document)
            for each in self._role.node.find_all()
            if isinstance(each, iam.CfnPolicy)
        ]
        size = sum(map(_characters, documents))
        if size > INLINE_CHARACTERS:
            exceeded.append(texts.inline_policies_too_long(size, INLINE_CHARACTERS))
        attached = len(stack.resolve(resource.managed_policy_arns) or ())
        if attached > MANAGED_POLICIES:
            exceeded.append(texts.too_many_managed_policies(attached, MANAGED_POLICIES))
        return [Message(Level.ERROR, "role-quota", text) for text in exceeded]


class PolicyQuota(AppValidation):
    """Checks IAM's quota of a managed policy at synth."""

    def __init__(self, policy: iam.ManagedPolicy) -> None:
        self._policy = policy
        super().__init__(policy)

    def messages(self) -> list[Message]:
        """Return the quota if the policy exceeds it."""
        size = _characters(Stack.of(self._policy).resolve(self._policy.document))
        if size <= MANAGED_CHARACTERS:
            return []
        text = texts.managed_policy_too_long(size, MANAGED_CHARACTERS)
        return [Message(Level.ERROR, "policy-quota", text)]


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
