"""The check that nothing outlives the key without which nobody can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsii
from aws_cdk import CfnDeletionPolicy, CfnResource
from aws_cdk import aws_sqs as sqs
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
    """Refuses log groups, and a dead-letter queue, that stay when their key goes.

    Checked when the app is complete: `RemovalPolicies.of(app)` changes policies until then.
    """

    def __init__(self, key: IConstruct, encrypted: Sequence[IConstruct]) -> None:
        self._key = key
        self._encrypted = encrypted

    def validate(self) -> list[str]:
        """Return what would become unreadable."""
        key = self._key.node.default_child
        if not isinstance(key, CfnResource):
            return []  # not of this app: it stays
        return [
            f"{each.node.path} stays when the stack is deleted, but not the key "
            f"{self._key.node.path} that encrypts it: after the key's waiting period of 30 days "
            "nobody could read it. Give both the same removal policy."
            for each in self._encrypted
            if _key_of(each) in (None, self._key)
            and _stays(each) > _STAYS[key.cfn_options.deletion_policy]
        ]


def _key_of(construct: IConstruct) -> IConstruct | None:
    """Return the key of a queue; a log group's is the one that is asked about."""
    return construct.encryption_master_key if isinstance(construct, sqs.Queue) else None


def _stays(construct: IConstruct) -> int:
    resource = construct.node.default_child
    assert isinstance(resource, CfnResource)
    return _STAYS[resource.cfn_options.deletion_policy]
