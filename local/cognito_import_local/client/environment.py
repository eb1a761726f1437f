"""The variables that make the AWS CLI, the CDK and the SDKs use a local AWS."""

from __future__ import annotations

import os

LOOPBACK = ("127.0.0.1", "localhost")
"""The names of this machine in the URLs of a local AWS."""


def environment_of(endpoint: str, account: str, region: str) -> dict[str, str]:
    """Return the variables; an access key of twelve digits is that account's root."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        **without_proxy(),
    }


def without_proxy() -> dict[str, str]:
    """Return the variables that keep a proxy of this environment away from the loopback interface.

    The names that are in the environment stay. Some programs read the variable in capital letters,
    others in small ones.
    """
    given = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    names = [name.strip() for name in given.split(",") if name.strip()]
    value = ",".join(dict.fromkeys((*names, *LOOPBACK)))
    return {"NO_PROXY": value, "no_proxy": value}
