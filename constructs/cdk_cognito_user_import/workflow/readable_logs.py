"""The check that no log group or queue outlives the key that encrypts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnDeletionPolicy, CfnResource
from aws_cdk import aws_sqs as sqs

from cdk_cognito_user_import.app_validation import AppValidation, Level, Message
from cdk_cognito_user_import.messages import validations as texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import IConstruct

_STAYS = {
    None: 0,
    CfnDeletionPolicy.DELETE: 0,
    CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE: 1,
    CfnDeletionPolicy.RETAIN: 2,
}
"""An order of the deletion policies, by how long a resource is retained."""


class ReadableLogs(AppValidation):
    """Refuses log groups and a dead-letter queue that are retained when their key is not.

    Checked when the app is complete: `RemovalPolicies.of(app)` changes policies until then.
    """

    def __init__(self, scope: IConstruct, key: IConstruct, encrypted: Sequence[IConstruct]) -> None:
        self._key = key
        self._encrypted = encrypted
        super().__init__(scope)

    def messages(self) -> list[Message]:
        """Return an error for each resource that would become unreadable."""
        key = self._key.node.default_child
        if not isinstance(key, CfnResource):
            return []  # a key of another app: it stays
        return [
            Message(
                Level.ERROR,
                "log-outlives-key",
                texts.log_outlives_key(each.node.path, self._key.node.path),
            )
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
