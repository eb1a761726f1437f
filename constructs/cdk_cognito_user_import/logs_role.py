"""The CloudWatch Logs role, which Amazon Cognito assumes to write the log of an import job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam

from .nag import acknowledge_wildcard
from .policies import inline_policies

if TYPE_CHECKING:
    from aws_cdk import aws_cognito as cognito
    from constructs import Construct, IConstruct
_POLICY = "WriteImportLog"


class LogsRole(iam.Role):
    """The role with which Amazon Cognito writes the log of import jobs.

    Cognito may assume it, and with it create and write log groups whose names begin with
    `/aws/cognito/` in the stack's own account and Region. Trust and rights are those of the Amazon
    Cognito Developer Guide, and no more.

    `UserImport` makes one for all imports of a stack. Make your own to share it, or to restrict it
    to one user pool.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  as CDK names it
        *,
        only_for: cognito.IUserPool | None = None,
        managed_policy: bool = False,
    ) -> None:
        """Make the role.

        Args:
            scope: Scope of the role.
            id: Construct id.
            only_for: The one user pool whose imports may use the role. It adds conditions on
                `aws:SourceAccount` and `aws:SourceArn` against the confused-deputy problem. AWS
                does not document that imports send these keys. Without them no job can start, so
                try it in your account before you rely on it. Default: no conditions, as in
                Cognito's own documentation.
            managed_policy: Whether the rights are in a managed policy, as some compliance rules
                require, and not inline. For the rights of a whole workflow, see
                `managed_policies` of `ImportWorkflow`. Default: False.
        """
        principal: iam.PrincipalBase = iam.ServicePrincipal("cognito-idp.amazonaws.com")
        if only_for is not None:
            principal = principal.with_conditions(
                {
                    "StringEquals": {"aws:SourceAccount": Stack.of(scope).account},
                    "ArnEquals": {"aws:SourceArn": only_for.user_pool_arn},
                }
            )
        log_groups = Stack.of(scope).format_arn(
            service="logs",
            resource="log-group",
            resource_name="/aws/cognito/*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        statement = iam.PolicyStatement(
            actions=[
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ],
            resources=[log_groups],
        )
        super().__init__(
            scope,
            id,
            assumed_by=principal,
            description="Amazon Cognito writes the log of user import jobs with it",
            inline_policies=inline_policies(_POLICY, [statement], managed=managed_policy),
        )
        holder: IConstruct = self
        if managed_policy:
            holder = iam.ManagedPolicy(self, _POLICY, statements=[statement])
            self.add_managed_policy(holder)
        acknowledge_wildcard(
            holder,
            log_groups,
            "Cognito names the log group after the pool, creates it and asks for this very policy.",
        )
