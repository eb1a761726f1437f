"""Measure how long synthetic users take, and print the SHA-256 of their CSV.

    PYTHONPATH=constructs python -m benchmarks.synthetic_users [COUNT]

It needs the standard library only, so that any Python can run it: the users must be the same in all
versions. With a COUNT of 1,000, the SHA-256 with every attribute is that of
tests/synth/snapshots/synthetic-users.sha256.
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

_EVERY_ATTRIBUTE = tuple(each.name for each in STANDARD_ATTRIBUTES)
_DRAWS: dict[str, Draw] = {
    "custom:plan": Weighted([("gold", 1), ("free", 9)]),
    "custom:points": Between(1, 100),
}


def main(count: int) -> None:
    """Make users without and with every attribute, and print a line about each file."""
    usual = Settings(count, "tests", "example.com")
    every = Settings(count, "tests", "example.com", required=_EVERY_ATTRIBUTE, attributes=_DRAWS)
    print(f"Python {platform.python_version()}, {count:,} users")
    for name, settings in {"usual attributes": usual, "every attribute": every}.items():
        begin = time.perf_counter(), time.process_time()
        digest, size = hashlib.sha256(), 0
        for line in SyntheticUsers(settings).lines():
            encoded = line.encode()
            digest.update(encoded)
            size += len(encoded)
        seconds, processor = time.perf_counter() - begin[0], time.process_time() - begin[1]
        print(f"{name}: {size:,} bytes, {seconds:.2f} s, of the processor {processor:.2f} s")
        print(f"  {digest.hexdigest()}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else COUNT)
