"""The account and Region of a request or a job."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """One Region of one account."""

    account: str
    region: str

    def pool_arn(self, pool_id: str) -> str:
        """Return the ARN of a user pool."""
        return f"arn:aws:cognito-idp:{self.region}:{self.account}:userpool/{pool_id}"
