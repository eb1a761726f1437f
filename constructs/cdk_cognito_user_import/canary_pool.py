"""The user pool of the canary, in which password hashes are tried before people are imported."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from constructs import Construct

from ._lambda.user_import.contract import LogsRoleKind, Property, log_group_name
from .messages import passwords as messages
from .nag import acknowledge
from .names import arn_of

_REASON = "It holds synthetic users of the import for a short time, and nobody can sign up."


class CanaryPool(Construct):
    """A user pool and an app client for the synthetic users of one import.

    It verifies email addresses automatically, has no MFA and no trigger, and is deleted with the
    stack. The import gets no right to delete users of the people's user pool, and imports no
    synthetic user into it.
    """

    def __init__(self, scope: Construct) -> None:
        """Make the user pool.

        Args:
            scope: The import.
        """
        super().__init__(scope, "Canary")
        self._pool = cognito.UserPool(
            self,
            "Pool",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(username=True),
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            mfa=cognito.Mfa.OFF,
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self._client = self._pool.add_client(
            "Client", auth_flows=cognito.AuthFlow(admin_user_password=True), disable_o_auth=True
        )
        for rule in ("COG1", "COG2", "COG3", "COG8"):
            acknowledge(self._pool, rule, _REASON)

    @property
    def properties(self) -> dict[Property, str | int | None]:
        """The custom resource's properties about the canary."""
        return {
            Property.CANARY_POOL_ID: self._pool.user_pool_id,
            Property.CANARY_CLIENT_ID: self._client.user_pool_client_id,
        }

    @property
    def log_groups(self) -> str:
        """ARN of the log group that Cognito creates for the imports of the user pool."""
        name = log_group_name(self._pool.user_pool_id, "*")
        return arn_of(self, "logs", "log-group", name)

    @property
    def statements(self) -> list[iam.PolicyStatement]:
        """The rights to import, sign in and delete synthetic users, in this user pool alone."""
        names = (
            *("AdminDeleteUser", "AdminInitiateAuth", "DescribeUserPool", "ListUsers"),
            *("CreateUserImportJob", "DescribeUserImportJob", "GetCSVHeader"),
            *("ListUserImportJobs", "StartUserImportJob", "StopUserImportJob"),
        )
        return [
            iam.PolicyStatement(
                actions=sorted(f"cognito-idp:{name}" for name in names),
                resources=[self._pool.user_pool_arn],
            ),
            iam.PolicyStatement(actions=["logs:DeleteLogGroup"], resources=[self.log_groups]),
        ]


def check_canary(logs_role_kind: LogsRoleKind | None, *, start: bool) -> None:
    """Check that an import can have a canary.

    Args:
        logs_role_kind: The kind of the import's logs role.
        start: Whether the import is started.

    Raises:
        ValueError: It is not started, or its logs role is for one other user pool.
    """
    if not start:
        raise ValueError(messages.canary_not_started())
    if logs_role_kind is LogsRoleKind.RESTRICTED:
        raise ValueError(messages.canary_with_one_pool())
