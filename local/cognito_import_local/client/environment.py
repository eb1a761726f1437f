"""The variables that make the AWS CLI, the CDK and the SDKs use a local AWS."""

from __future__ import annotations


def environment_of(endpoint: str, account: str, region: str) -> dict[str, str]:
    """Return the variables; an access key of twelve digits is that account's root."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
    }
