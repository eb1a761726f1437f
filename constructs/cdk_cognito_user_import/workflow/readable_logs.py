"""The check that a log group does not outlive the key without which nobody can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsii
from aws_cdk import CfnDeletionPolicy, CfnResource
from constructs import IValidation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import IConstruct

_STAYS = {
    None: 0,
    CfnDeletionPolicy.DELETE: 0,
    CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE: 1,
    CfnDeletionPolicy.RETAIN: 2,
}
"""How long a resource stays, by its deletion policy."""


@jsii.implements(IValidation)
class ReadableLogs:
    """Refuses log groups that stay when their key goes.

    Checked when the app is complete: `RemovalPolicies.of(app)` changes policies until then.
    """

    def __init__(self, key: IConstruct, log_groups: Sequence[IConstruct]) -> None:
        self._key = key
        self._log_groups = log_groups

    def validate(self) -> list[str]:
        """Return the log groups that would become unreadable."""
        key = self._key.node.default_child
        if not isinstance(key, CfnResource):
            return []  # not of this app: it stays
        return [
            f"The log group {group.node.path} stays when the stack is deleted, but not the key "
            f"{self._key.node.path} that encrypts it: after the key's waiting period of 30 days "
            "nobody could read it. Give key and log group the same removal policy."
            for group in self._log_groups
            if _stays(group) > _STAYS[key.cfn_options.deletion_policy]
        ]


def _stays(construct: IConstruct) -> int:
    resource = construct.node.default_child
    assert isinstance(resource, CfnResource)
    return _STAYS[resource.cfn_options.deletion_policy]
