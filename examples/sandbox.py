"""A user pool for one branch: 50 synthetic users, and one password with which all can sign in.

Deploy it for each branch, as many as there are, and destroy it with the branch:

    cdk deploy --app "python examples/sandbox.py" --context branch=login-form
    cdk destroy --app "python examples/sandbox.py" --context branch=login-form

The users are the same for every branch and every deployment; their password is generated, and
differs. A test reads it from Secrets Manager (the output `PasswordArn`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aws_cdk import App, CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_secretsmanager as secretsmanager

from cdk_cognito_user_import import UserImport, UserSource

if TYPE_CHECKING:
    from constructs import Construct

USERS = 50


class Sandbox(Stack):
    """A user pool with test users, which goes with its stack."""

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002
        """Make the stack.

        Args:
            scope: The app.
            id: The stack's name.
        """
        super().__init__(scope, id)
        pool = cognito.UserPool(
            self,
            "Pool",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(username=True, email=True),
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            removal_policy=RemovalPolicy.DESTROY,
        )
        client = pool.add_client(
            "Client", auth_flows=cognito.AuthFlow(user_srp=True, user_password=True)
        )
        password = secretsmanager.Secret(
            self, "Password", description="Password of all users of the sandbox"
        )
        seed = UserImport(
            self,
            "Users",
            user_pool=pool,
            source=UserSource.synthetic(USERS, seed="sandbox"),
            test_password=password,
        )
        CfnOutput(self, "UserPoolId", value=pool.user_pool_id)
        CfnOutput(self, "ClientId", value=client.user_pool_client_id)
        CfnOutput(self, "PasswordArn", value=password.secret_arn)
        CfnOutput(self, "FirstUser", value=seed.user(0))
        CfnOutput(self, "ImportedUsers", value=seed.imported_users)


def stack_name(branch: str) -> str:
    """Return the name of a branch's stack: letters, digits and dashes, at most 128."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", branch).strip("-")
    return f"Sandbox-{name}"[:128]


def main() -> None:
    """Synthesise the stack of the branch in the context."""
    app = App()
    branch = app.node.try_get_context("branch") or "main"
    Sandbox(app, stack_name(branch))
    app.synth()


if __name__ == "__main__":
    main()
