"""Measure how long synthetic users take, and print the SHA-256 of their CSV.

    PYTHONPATH=constructs python -m benchmarks.synthetic_users [COUNT]

It needs the standard library only, so that any Python can run it: the users must be the same in all
versions. With a COUNT of 1,000 the SHA-256 is that of tests/synth/snapshots/synthetic-users.sha256.
"""

from __future__ import annotations

import hashlib
import platform
import sys
import time

from cdk_cognito_user_import._lambda.user_import.users_csv import STANDARD_ATTRIBUTES
from cdk_cognito_user_import.synthetic.draws import Between, Draw, Weighted
from cdk_cognito_user_import.synthetic.users import Settings, SyntheticUsers

COUNT = 100_000

_ATTRIBUTES: dict[str, Draw] = {
    "custom:plan": Weighted([("gold", 1), ("free", 9)]),
    "custom:points": Between(1, 100),
}


def main(count: int) -> None:
    """Make users with every attribute, and print a line about them."""
    begin = time.perf_counter()
    required = tuple(each.name for each in STANDARD_ATTRIBUTES)
    settings = Settings(count, "tests", "example.com", required=required, attributes=_ATTRIBUTES)
    digest, size = hashlib.sha256(), 0
    for line in SyntheticUsers(settings).lines():
        encoded = line.encode()
        digest.update(encoded)
        size += len(encoded)
    seconds = time.perf_counter() - begin
    version = f"Python {platform.python_version()}"
    print(f"{version}: {count:,} users, {size:,} bytes, {seconds:.2f} s, {digest.hexdigest()}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else COUNT)
