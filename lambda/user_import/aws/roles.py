"""The trust policy of the logs role: the only module that calls IAM."""

from __future__ import annotations

from typing import Any

from ..errors import calling


class Roles:
    """The roles of the account."""

    def __init__(self, iam: Any) -> None:
        self._iam = iam

    def trust_policy(self, role_arn: str) -> Any:
        """Return a role's trust policy as JSON values, which boto3 has decoded (GetRole).

        Raises:
            AwsError: IAM refused, could not be reached, or has no such role (`NoSuchEntity`).
        """
        with calling("iam:GetRole", role_arn):
            role = self._iam.get_role(RoleName=role_arn.rpartition("/")[2])["Role"]
        return role["AssumeRolePolicyDocument"]
