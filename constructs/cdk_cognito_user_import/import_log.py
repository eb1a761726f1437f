"""The log group that Cognito creates for the imports of a user pool: its retention, its removal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsii
from aws_cdk import (
    CfnDeletionPolicy,
    IStableListProducer,
    IStableStringProducer,
    Lazy,
    NestedStack,
    RemovalPolicy,
    Stack,
)
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs

from ._lambda.user_import.contract import REMOVE_LOG, Property, log_group_name
from .names import arn_of

if TYPE_CHECKING:
    from constructs import Construct

_DAYS = {
    logs.RetentionDays.ONE_DAY: 1,
    logs.RetentionDays.THREE_DAYS: 3,
    logs.RetentionDays.FIVE_DAYS: 5,
    logs.RetentionDays.ONE_WEEK: 7,
    logs.RetentionDays.TWO_WEEKS: 14,
    logs.RetentionDays.ONE_MONTH: 30,
    logs.RetentionDays.TWO_MONTHS: 60,
    logs.RetentionDays.THREE_MONTHS: 90,
    logs.RetentionDays.FOUR_MONTHS: 120,
    logs.RetentionDays.FIVE_MONTHS: 150,
    logs.RetentionDays.SIX_MONTHS: 180,
    logs.RetentionDays.ONE_YEAR: 365,
    logs.RetentionDays.THIRTEEN_MONTHS: 400,
    logs.RetentionDays.EIGHTEEN_MONTHS: 545,
    logs.RetentionDays.TWO_YEARS: 731,
    logs.RetentionDays.THREE_YEARS: 1096,
    logs.RetentionDays.FIVE_YEARS: 1827,
    logs.RetentionDays.SIX_YEARS: 2192,
    logs.RetentionDays.SEVEN_YEARS: 2557,
    logs.RetentionDays.EIGHT_YEARS: 2922,
    logs.RetentionDays.NINE_YEARS: 3288,
    logs.RetentionDays.TEN_YEARS: 3653,
}
"""The days of each retention: jsii does not pass on the enum's values."""


class ImportLog:
    """Retention and removal of the log group that Cognito creates for a pool's imports.

    The log group belongs to the owner of the user pool. For a pool of another stack, the log group
    is retained, and its retention is set only on request. For a pool of this stack, the log group
    is deleted with the pool, and retained with it. A nested stack always retains it: it is also
    deleted when its parent rolls back, and then the log explains the failure.
    """

    def __init__(
        self,
        scope: Construct,
        user_pool: cognito.IUserPool,
        retention: logs.RetentionDays | None,
        removal_policy: RemovalPolicy,
    ) -> None:
        """Derive retention and removal from the user pool.

        Args:
            scope: The import.
            user_pool: The user pool.
            retention: Retention of the log group; None for the default.
            removal_policy: Removal policy of the import.
        """
        stack = Stack.of(scope)
        resource = user_pool.node.default_child
        own = resource if isinstance(resource, cognito.CfnUserPool) else None
        if own is not None and Stack.of(own) is not stack:
            own = None
        if retention is None:
            retention = logs.RetentionDays.ONE_MONTH if own else logs.RetentionDays.INFINITE
        self._days = _DAYS.get(retention)
        may_go = removal_policy is RemovalPolicy.DESTROY and not isinstance(stack, NestedStack)
        self._pool = own if may_go else None
        name = log_group_name(user_pool.user_pool_id, "*")
        self.arn = arn_of(scope, "logs", "log-group", name)

    @property
    def properties(self) -> dict[Property, str | int | None]:
        """The custom resource's properties about the log group."""
        removal = None if self._pool is None else Lazy.string(_Removal(self._pool))
        return {
            Property.IMPORT_LOG_RETENTION_DAYS: self._days,
            Property.IMPORT_LOG_REMOVAL_POLICY: removal,
        }

    @property
    def statement(self) -> iam.PolicyStatement:
        """The rights to the log group."""
        actions = ["logs:FilterLogEvents"]
        if self._days is not None:
            actions.append("logs:PutRetentionPolicy")
        if self._pool is not None:
            actions = Lazy.list(_Actions(self._pool, actions))
        return iam.PolicyStatement(actions=actions, resources=[self.arn])


def _goes(pool: cognito.CfnUserPool) -> bool:
    """Return whether the user pool is deleted with the stack.

    Call it when the app is complete: `RemovalPolicies.of(app)` may change it until then.
    """
    return pool.cfn_options.deletion_policy is CfnDeletionPolicy.DELETE


@jsii.implements(IStableStringProducer)
class _Removal:
    def __init__(self, pool: cognito.CfnUserPool) -> None:
        self._pool = pool

    def produce(self) -> str | None:
        return REMOVE_LOG if _goes(self._pool) else None


@jsii.implements(IStableListProducer)
class _Actions:
    def __init__(self, pool: cognito.CfnUserPool, actions: list[str]) -> None:
        self._pool = pool
        self._actions = actions

    def produce(self) -> list[str]:
        return [*self._actions, *(["logs:DeleteLogGroup"] if _goes(self._pool) else [])]
