"""Compare the ways to import 10,000 users, end to end at the local AWS.

    PYTHONPATH=lambda:tests python -m benchmarks.end_to_end [--quick] [--docs]

By turns in one run, each into a user pool of its own, timed from the request's arrival to its
answer: `UserImport`'s custom resource; the steps of the guide with the AWS CLI and curl, polling
once a second; a loop of AdminCreateUser at the documented rate, once. The import service of the
local AWS takes 2,000 users a second, which is the emulator's choice; AWS publishes no rate. So the
two ways that use the service are measured again at 50 users a second, once.

One `CfnUserPoolUser` a user is calculated: MiniStack refuses that type of resource. CloudFormation
creates such a user with AdminCreateUser, so that 10,000 users take the time of the loop at least;
what CloudFormation adds for a resource is not counted.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from typing import TYPE_CHECKING

from benchmarks.benchmark_cloud import COLUMNS, benchmark_cloud, users_csv
from benchmarks.csv_runs import Row, machine, table
from benchmarks.docs_block import write_block
from benchmarks.import_ways import (
    USER_CREATION_RATE,
    CommandLine,
    Imported,
    by_admin_create_user,
    by_custom_resource,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

USERS = 10_000
QUICK_USERS = 1_000
ROUNDS = 3
FAST = 2_000
SLOW = USER_CREATION_RATE
"""Users a second of the import service. The slow one is assumed: it is not known whether the quota
of UserCreation limits an import."""
_MOST_OF_CLI = 1.1
_FASTER = 10
_RESOURCES_OF_STACK = 500
"""The most resources of a template (CloudFormation User Guide, "Understand CloudFormation
quotas")."""


def measure(*, quick: bool) -> list[Row]:
    """Measure everything, and return the lines of the table."""
    users, rounds = (QUICK_USERS, 1) if quick else (USERS, ROUNDS)
    rates = [FAST] * rounds + [SLOW]
    own: list[Imported] = []
    cli: list[Imported] = []
    with benchmark_cloud(rows_per_second=FAST) as cloud:
        source = cloud.folder / "users.csv"
        source.write_text(users_csv(COLUMNS, users), encoding="utf-8")
        cloud.deploy([source] * (len(rates) + 1))
        command_line = CommandLine(cloud, cloud.logs_role())
        # The first run starts processes that the others find: a real account's first does too.
        by_custom_resource(cloud, len(rates), users)
        for number, rate in enumerate(rates):
            cloud.aws.configure(rows_per_second=rate)
            own.append(by_custom_resource(cloud, number, users))
            cli.append(command_line.run(f"cli-{number}", users))
        loop = by_admin_create_user(cloud, "loop", users)
    lines = list(_compared(users, FAST, own[:rounds], cli[:rounds]))
    lines += _per_user(users, loop, own[:rounds])
    lines += _compared(users, SLOW, own[rounds:], cli[rounds:])
    return lines


def _compared(users: int, rate: int, own: list[Imported], cli: list[Imported]) -> Iterator[Row]:
    ratio = _median(own) / _median(cli)
    what = f"{users:,} users at {rate:,} a second"
    yield Row(f"{what}: AWS CLI and curl", _told(cli), "1")
    yield Row(
        f"{what}: UserImport's custom resource",
        _told(own),
        f"{ratio:.2f}",
        target=f"≤ {_MOST_OF_CLI:g}",
        met=ratio <= _MOST_OF_CLI,
    )
    for name, runs in (("AWS CLI and curl", cli), ("UserImport", own)):
        service = statistics.median(run.service for run in runs)
        around = statistics.median(run.around for run in runs)
        yield Row(f"{what}: {name}", f"import service {service:.1f} s, all else {around:.1f} s")


def _per_user(users: int, loop: Imported, own: list[Imported]) -> Iterator[Row]:
    ratio = loop.seconds / _median(own)
    yield Row(
        f"{users:,} users: AdminCreateUser, {USER_CREATION_RATE} a second / UserImport",
        f"{_told([loop])}",
        f"{ratio:.0f}",
        target=f"≥ {_FASTER}",
        met=ratio >= _FASTER,
    )
    stacks = -(-users // _RESOURCES_OF_STACK)
    least = users / USER_CREATION_RATE
    yield Row(
        f"{users:,} users: CfnUserPoolUser in {stacks} stacks / UserImport, calculated",
        f"≥ {least:.0f} s, {users:,} calls",
        f"≥ {least / _median(own):.0f}",
        target=f"≥ {_FASTER}",
        met=least / _median(own) >= _FASTER,
    )


def _median(runs: list[Imported]) -> float:
    return statistics.median(run.seconds for run in runs)


def _told(runs: list[Imported]) -> str:
    """Return the median and range of the time, and the number of calls."""
    seconds = [run.seconds for run in runs]
    calls = {run.calls for run in runs}
    counted = f"{min(calls):,}" if len(calls) == 1 else f"{min(calls):,} to {max(calls):,}"
    spread = f" ({min(seconds):.2f} to {max(seconds):.2f})" if len(runs) > 1 else ""
    return f"{_median(runs):.2f} s{spread}, {counted} calls"


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="1,000 users, once")
    parser.add_argument("--docs", action="store_true", help="also write it into the documentation")
    given = parser.parse_args()
    quick: bool = given.quick
    measured = f"{machine(sys.executable)}\n\n{table(measure(quick=quick))}"
    print(measured)
    if given.docs:
        command = "python -m benchmarks.end_to_end" + (" --quick" if quick else "")
        write_block("end to end", command, measured)


if __name__ == "__main__":
    main()
