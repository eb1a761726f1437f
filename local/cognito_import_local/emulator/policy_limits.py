"""How large policies may be, and how many a role may have.

AWS (IAM User Guide, "IAM and AWS STS quotas"): the inline policies of a role have 10,240 characters
together, a managed policy 6,144, a trust policy 2,048, all without white space; a role has 10
managed policies. More is refused with LimitExceeded. The two quotas that can be raised are at their
defaults.

MiniStack takes all. Used: `provisioners._RESOURCE_HANDLERS`, `iam._roles`.

Setting: none; always on.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack.services import iam

from .resource_changes import ResourceChange, check_before

if TYPE_CHECKING:
    from collections.abc import Iterable

_INLINE = 10_240
_MANAGED = 6_144
_TRUST = 2_048
_ATTACHED = 10


class LimitExceededError(ValueError):
    """A policy is too large, or one too many."""

    def __init__(self, message: str) -> None:
        super().__init__(
            f'Resource handler returned message: "{message} (Service: Iam, Status Code: 409)" '
            "(HandlerErrorCode: ServiceLimitExceeded)"
        )


def patch_cloudformation(provisioners: Any) -> None:
    """Check roles and policies when they are created and updated."""
    for kind, check in (
        ("AWS::IAM::Role", _check_role),
        ("AWS::IAM::Policy", _check_inline_policy),
        ("AWS::IAM::ManagedPolicy", _check_managed_policy),
    ):
        check_before(provisioners, kind, check)


def _size(document: Any) -> int:
    policy = json.loads(document) if isinstance(document, str) else document
    text = json.dumps(policy, separators=(",", ":"), ensure_ascii=False)
    return len("".join(text.split()))


def _check_inline(role: str, documents: Iterable[Any]) -> None:
    if sum(map(_size, documents)) > _INLINE:
        raise LimitExceededError(f"Maximum policy size of {_INLINE} bytes exceeded for role {role}")


def _check_attached(count: int) -> None:
    if count > _ATTACHED:
        raise LimitExceededError(f"Cannot exceed quota for PoliciesPerRole: {_ATTACHED}")


def _check_role(change: ResourceChange) -> None:
    name, properties = change.physical_id, change.new
    if _size(properties.get("AssumeRolePolicyDocument") or {}) > _TRUST:
        raise LimitExceededError(f"Cannot exceed quota for ACLSizePerRole: {_TRUST}")
    record = iam._roles.get(name) if name else None
    own = {each["PolicyName"]: each["PolicyDocument"] for each in properties.get("Policies") or ()}
    inline = {**(record["InlinePolicies"] if record else {}), **own}
    _check_inline(name or properties.get("RoleName") or "of the stack", inline.values())
    _check_attached(len(set(properties.get("ManagedPolicyArns") or ())))


def _check_inline_policy(change: ResourceChange) -> None:
    properties = change.new
    for role in properties.get("Roles") or ():
        record = iam._roles.get(role)
        if record is not None:
            new = {properties["PolicyName"]: properties["PolicyDocument"]}
            _check_inline(role, {**record["InlinePolicies"], **new}.values())


def _check_managed_policy(change: ResourceChange) -> None:
    arn, properties = change.physical_id, change.new
    if _size(properties.get("PolicyDocument") or {}) > _MANAGED:
        raise LimitExceededError(f"Cannot exceed quota for PolicySize: {_MANAGED}")
    for role in properties.get("Roles") or ():
        record = iam._roles.get(role)
        if record is not None:
            _check_attached(len({*record["AttachedPolicies"], arn}))
