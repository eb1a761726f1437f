"""The example app: a user pool and its users, in one deployment.

`cdk deploy` takes the users from examples/users.csv; `-c users=path.csv` takes another file.
"""

from aws_cdk import Acknowledgment, App, CfnOutput, RemovalPolicy, Stack, Validations
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from cdk_cognito_user_import import UserImport, UserSource


class SeededUserPool(Stack):
    """A user pool for customers of a shop, with the customers in it."""

    def __init__(self, scope: Construct, id: str, *, users: str) -> None:  # noqa: A002
        """Make the stack.

        Args:
            scope: the app.
            id: the stack's name.
            users: path of the CSV file with the users.
        """
        super().__init__(scope, id)
        pool = cognito.UserPool(
            self,
            "Customers",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(username=True, email=True, phone=True),
            auto_verify=cognito.AutoVerifiedAttrs(email=True, phone=True),
            custom_attributes={
                "customer_id": cognito.NumberAttribute(min=1),
                "plan": cognito.StringAttribute(max_len=20, mutable=True),
                "newsletter": cognito.BooleanAttribute(mutable=True),
                "member_since": cognito.StringAttribute(min_len=10, max_len=10),
            },
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_digits=True,
                require_lowercase=True,
                require_symbols=True,
                require_uppercase=True,
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        seed = UserImport(
            self,
            "SeedUsers",
            user_pool=pool,
            source=UserSource.from_file(users),
        )
        _acknowledge(pool)
        CfnOutput(self, "UserPoolId", value=pool.user_pool_id)
        CfnOutput(self, "Status", value=seed.status)
        CfnOutput(self, "JobIds", value=seed.job_ids)
        CfnOutput(self, "ImportedUsers", value=seed.imported_users)
        CfnOutput(self, "SkippedUsers", value=seed.skipped_users)
        CfnOutput(self, "FailedUsers", value=seed.failed_users)
        CfnOutput(self, "LogGroup", value=seed.log_group_name)
        CfnOutput(self, "LogStream", value=seed.log_stream_name)


def _acknowledge(pool: cognito.UserPool) -> None:
    """Say why the example's pool is simpler than cdk-nag would have it."""
    for construct, finding, reason in (
        (pool, "AwsSolutions-COG2", "An example; customers of a shop choose MFA themselves."),
        (pool, "AwsSolutions-COG8", "An example on the Essentials plan."),
        (
            pool.node.find_child("smsRole"),
            "AwsSolutions-IAM5[Resource::*]",
            "The CDK makes this role for text messages, which have no resource to name.",
        ),
    ):
        Validations.of(construct).acknowledge(Acknowledgment(id=finding, reason=reason))


if __name__ == "__main__":
    app = App()
    users_csv = app.node.try_get_context("users") or "examples/users.csv"
    SeededUserPool(app, "SeededUserPool", users=users_csv)
    app.synth()
