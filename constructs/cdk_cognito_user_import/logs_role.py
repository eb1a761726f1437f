"""The CloudWatch Logs role, which Amazon Cognito assumes to write the log of an import job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from ._lambda.user_import.contract import IMPORT_PRINCIPAL, LogsRoleKind, may_trust
from .app_validation import AppValidation, Level, Message
from .argument_types import check_arguments
from .messages import validations as messages
from .nag import acknowledge_wildcard
from .names import arn_of
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

    Attributes:
        is_restricted: Whether only the imports of one user pool may use the role.
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
                does not document that imports send these keys. Without them no job can start, and
                the deployment fails after five minutes: try it before you rely on it.
                Default: no conditions, as in Cognito's own documentation.
            managed_policy: Whether the rights are in a managed policy, as some compliance rules
                require, and not inline. For the rights of a whole workflow, see
                `managed_policies` of `ImportWorkflow`. Default: False.

        Raises:
            TypeError: An argument has the wrong type.
            ValueError: The scope is not in a stack.
        """
        check_arguments(LogsRole.__init__, locals())
        principal: iam.PrincipalBase = iam.ServicePrincipal(IMPORT_PRINCIPAL)
        if only_for is not None:
            principal = principal.with_conditions(
                {
                    "StringEquals": {"aws:SourceAccount": Stack.of(scope).account},
                    "ArnEquals": {"aws:SourceArn": only_for.user_pool_arn},
                }
            )
        self.is_restricted = only_for is not None
        statement = _rights(scope)
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
        _acknowledge(holder)


def prepare_logs_role(scope: Construct, role: iam.IRole) -> LogsRoleKind | None:
    """Let Cognito write its log with a role of the app; leave an imported role as it is.

    Whether a role can be changed is decided by its class: an imported role may accept statements
    too, and would then have rights that its owner has not given it. The trust of every role that
    the app creates is checked, also where its policies are not to be changed.

    Args:
        scope: The import.
        role: The logs role.

    Returns:
        Why Cognito may not be able to use the role; None where the app ensures that it can.
    """
    if isinstance(role, LogsRole):
        return LogsRoleKind.RESTRICTED if role.is_restricted else None
    created = _created(role)
    resource = created.node.default_child
    if isinstance(resource, iam.CfnRole):  # with `Role.customize_roles`, it is made elsewhere
        _Trust(scope, resource)
    if not isinstance(created, iam.Role):
        return LogsRoleKind.IMPORTED
    created.add_to_principal_policy(_rights(scope))
    policy = created.node.try_find_child("DefaultPolicy")
    if policy is not None:  # with `Role.customize_roles`, there is none
        _acknowledge(policy)
    return None


def _created(role: iam.IRole) -> IConstruct:
    """Return the role in a lazy role, which creates it when its ARN is used first."""
    if not isinstance(role, iam.LazyRole):
        return role
    _ = role.role_arn
    return role.node.find_child("Default")


class _Trust(AppValidation):
    """Checks that Cognito may assume a logs role, when the app is complete."""

    def __init__(self, scope: Construct, role: iam.CfnRole) -> None:
        super().__init__(scope)
        self._role = role

    def messages(self) -> list[Message]:
        """Return an error if the trust policy of the role does not name Cognito."""
        trust = Stack.of(self._role).resolve(self._role.assume_role_policy_document)
        if may_trust(trust, IMPORT_PRINCIPAL):
            return []
        path = self._role.node.path.removesuffix("/Resource").removesuffix("/Default")
        text = messages.logs_role_untrusting(path, IMPORT_PRINCIPAL)
        return [Message(Level.ERROR, "logs-role-trust", text)]


def _rights(scope: Construct) -> iam.PolicyStatement:
    """Return the rights that Cognito needs (Amazon Cognito Developer Guide)."""
    return iam.PolicyStatement(
        actions=[
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
        ],
        resources=[_log_groups(scope)],
    )


def _log_groups(scope: IConstruct) -> str:
    return arn_of(scope, "logs", "log-group", "/aws/cognito/*")


def _acknowledge(holder: IConstruct) -> None:
    acknowledge_wildcard(
        holder,
        _log_groups(holder),
        "Cognito names the log group after the pool, creates it and asks for this very policy.",
    )
