"""The check that functions in a VPC reach Amazon Cognito."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito

from .app_validation import AppValidation, Level, Message
from .messages import validations as texts
from .workflow import ImportWorkflow

if TYPE_CHECKING:
    from constructs import Construct

    from .workflow import WorkflowAttributes

_SELECTION = (
    "availability_zones",
    "one_per_az",
    "subnet_filters",
    "subnet_group_name",
    "subnet_type",
)
"""The properties of an `ec2.SubnetSelection`, which `select_subnets` takes one by one."""


class NetworkCheck(AppValidation):
    """Warns of a user pool with a domain if the functions cannot reach the internet.

    Cognito's interface endpoint refuses the operations of such a pool (docs/unproven.md has the
    source). Checked when the app is complete: a domain may be added until then.
    """

    def __init__(
        self, scope: Construct, user_pool: cognito.IUserPool, workflow: WorkflowAttributes
    ) -> None:
        self._user_pool = user_pool
        self._workflow = workflow
        super().__init__(scope)

    def messages(self) -> list[Message]:
        """Return a warning, if the functions do not reach Cognito."""
        if not (self._is_isolated() and self._has_domain()):
            return []
        text = texts.pool_with_domain_in_vpc(self._user_pool.node.path)
        return [Message(Level.WARNING, "endpoint", text)]

    def _is_isolated(self) -> bool:
        if not isinstance(self._workflow, ImportWorkflow) or self._workflow.vpc is None:
            return False
        vpc = self._workflow.vpc
        isolated = {subnet.node.path for subnet in vpc.isolated_subnets}
        selection = self._workflow.vpc_subnets
        if selection is not None and selection.subnets:
            chosen = selection.subnets
        else:
            names = _SELECTION if selection is not None else ()
            given = {name: getattr(selection, name) for name in names}
            chosen = vpc.select_subnets(**given).subnets
        return bool(chosen) and all(subnet.node.path in isolated for subnet in chosen)

    def _has_domain(self) -> bool:
        pool_id = self._user_pool.user_pool_id
        resolved = Stack.of(self._user_pool).resolve(pool_id)
        return any(
            # A reference from another stack is the same token, but resolves to an import.
            each.user_pool_id == pool_id or Stack.of(each).resolve(each.user_pool_id) == resolved
            for each in self._scope.node.root.node.find_all()
            if isinstance(each, cognito.CfnUserPoolDomain)
        )
