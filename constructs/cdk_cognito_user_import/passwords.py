"""The password with which all imported test users can sign in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Aws, CfnDeletionPolicy, Token
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from ._lambda.user_import.contract import MOST_ADMIN_PASSWORDS, PasswordVia, Property
from .app_validation import AppValidation, Level, Message
from .argument_types import check_fields
from .messages import passwords as messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from aws_cdk import aws_secretsmanager as secretsmanager
    from constructs import Construct

_ANY_ENDING = "-??????"
"""Secrets Manager ends the ARN of a secret in a dash and six characters (User Guide, "IAM policy
examples for secrets")."""


@dataclass(frozen=True, slots=True)
class TestPassword:
    """A password with which every user of an import can sign in, for test users only.

    Attributes:
        secret: Secrets Manager secret with the password. The deployment reads it; its value is in
            no template, asset or log. A changed secret changes nothing until the next import, and
            then only for the users whom that creates.
        field: Field of the secret's JSON object with the password. Default: the whole secret is the
            password.
        via: `PasswordVia.ADMIN` sets the password of each user after the import: in any user pool,
            for every sign-in flow, for up to 2,000 users, each of whom counts as a monthly active
            user. `PasswordVia.HASH` imports its hash with the users: for any number, in user pools
            that take password hashes; SRP does not work before the first sign-in with another flow.
            Default: ADMIN for up to 2,000 users, HASH for more.
        allow_on_retained_pool: Whether the user pool may be one that stays when the stack is
            deleted, such as one with real users. Default: False.

    Raises:
        TypeError: A field has the wrong type.
        ValueError: `field` is empty, or only known at deployment.
    """

    __test__ = False
    """Tells pytest that this class is not a test."""

    secret: secretsmanager.ISecret
    field: str | None = None
    via: PasswordVia | None = None
    allow_on_retained_pool: bool = False

    def __post_init__(self) -> None:
        check_fields(self)
        if self.field == "" or Token.is_unresolved(self.field):
            raise ValueError(messages.field_unknown())

    @property
    def arn(self) -> str:
        """ARN of the secret; of one that is imported by its name without the ending."""
        return self.secret.secret_arn

    @property
    def properties(self) -> dict[Property, str | int | None]:
        """The custom resource's properties about the password."""
        return {
            Property.TEST_PASSWORD_SECRET: self.arn,
            Property.TEST_PASSWORD_FIELD: self.field,
            Property.TEST_PASSWORD_VIA: None if self.via is None else str(self.via),
        }

    @property
    def is_known_by_name(self) -> bool:
        """Whether the app does not know the end of the secret's ARN."""
        return self.secret.secret_full_arn is None

    @property
    def resource(self) -> str:
        """The secret as the resource of a policy statement."""
        return f"{self.arn}{_ANY_ENDING}" if self.is_known_by_name else self.arn

    def statements(self, user_pool: cognito.IUserPool) -> list[iam.PolicyStatement]:
        """Return the rights to read the secret, and to set passwords in the user pool."""
        statements = [
            iam.PolicyStatement(
                actions=["secretsmanager:GetSecretValue"], resources=[self.resource]
            )
        ]
        key = self.secret.encryption_key
        if isinstance(key, kms.Alias):
            # A policy that names an alias as resource allows nothing (KMS Developer Guide).
            key = key.alias_target_key
        if key is not None:
            service = f"secretsmanager.{Aws.REGION}.{Aws.URL_SUFFIX}"
            statements.append(
                iam.PolicyStatement(
                    actions=["kms:Decrypt"],
                    resources=[key.key_arn],
                    # Secrets Manager User Guide, "Secret encryption and decryption".
                    conditions={"StringEquals": {"kms:ViaService": service}},
                )
            )
        if self.via is not PasswordVia.HASH:
            statements.append(
                iam.PolicyStatement(
                    actions=["cognito-idp:AdminSetUserPassword", "cognito-idp:ListUsers"],
                    resources=[user_pool.user_pool_arn],
                )
            )
        return statements


def as_test_password(given: secretsmanager.ISecret | TestPassword | None) -> TestPassword | None:
    """Return a `TestPassword`; a plain secret is wrapped in one."""
    return given if given is None or isinstance(given, TestPassword) else TestPassword(given)


class TestPasswordCheck(AppValidation):
    """Checks, when the app is complete, that the users with the test password are test users."""

    __test__ = False

    def __init__(
        self,
        scope: Construct,
        user_pool: cognito.IUserPool,
        password: TestPassword,
        users: Callable[[], int | None],
    ) -> None:
        """Add the check.

        Args:
            scope: The import.
            user_pool: The user pool.
            password: The password.
            users: Returns the number of users; None where it is not known before the deployment.
        """
        self._user_pool = user_pool
        self._password = password
        self._users = users
        super().__init__(scope)

    def messages(self) -> Sequence[Message]:
        """Return the errors, and how many monthly active users the passwords make."""
        return list(self._messages())

    def _messages(self) -> Iterator[Message]:
        if not self._password.allow_on_retained_pool and self._is_retained():
            text = messages.pool_retained(self._user_pool.node.path)
            yield Message(Level.ERROR, "test-password-pool", text)
        via, users = self._password.via, self._users()
        too_many = users is not None and users > MOST_ADMIN_PASSWORDS
        if via is PasswordVia.ADMIN and users is not None and too_many:
            text = messages.too_many_users(users, MOST_ADMIN_PASSWORDS)
            yield Message(Level.ERROR, "test-password-users", text)
        elif via is not PasswordVia.HASH and not too_many:
            text = (
                messages.unknown_active_users() if users is None else messages.active_users(users)
            )
            yield Message(Level.INFO, "monthly-active-users", text)

    def _is_retained(self) -> bool:
        """Whether the pool may outlive the stack; an imported one does."""
        pool = self._user_pool.node.default_child
        if not isinstance(pool, cognito.CfnUserPool):
            return True
        return pool.cfn_options.deletion_policy is not CfnDeletionPolicy.DELETE
