"""The command: shows what it will make, asks, observes, and removes everything."""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from . import behaviours, limits, policy, report
from .account import Account
from .answers import Findings
from .clean_up import CleanUp
from .example import ROWS, Example
from .limits import Limits
from .names import Names
from .other_imports import active_jobs
from .resources import summary
from .run import Run, attempt, content, observe, rows_without_probe
from .stack import StackError

if TYPE_CHECKING:
    from collections.abc import Sequence


_MINUTES = 25.0
_MOST = 0.25
_PLAN = """\
verify-aws checks what docs/unproven.md assumes, on a real account.

  account    {account}
  Region     {region}
  makes      one stack {stack}: {resources}
             at most {imports} import jobs of up to 60 synthetic users, one after another
             the stack of app.py as {example}, with 1,005 synthetic users
             the stacks of five tests, {stack}-t1 and so on, with a few users each
             six users by AdminCreateUser, who are monthly active users
  takes      up to {minutes:g} minutes, and a few more to remove everything
  costs      at most ${cost:.2f} (list prices of us-east-1)
  removes    everything, also when you press Ctrl-C; `make verify-aws CLEAN_UP=1` finds what is left
  leaves     the KMS keys of app.py and of the tests, whose deletion is pending for 30 days and
             costs nothing; the assets in the CDK's bootstrap bucket
  blocks     every other user import job of the account while it runs
"""
_KEPT = """\
AWS keeps the KMS keys of app.py and of the tests, if they were deployed, for 30 days: their
deletion is pending and costs nothing. The assets stay in the bucket of `cdk bootstrap`. No log
group is left."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command.

    Raises:
        SystemExit: With 1 where something failed or is left, with 2 where an argument is wrong.
    """
    given = _parser().parse_args(arguments)
    account = Account.of_environment()
    try:
        if given.print_policy:
            _say(json.dumps(policy.policy(account), indent=2))
        elif given.clean_up:
            _clean_up(account, is_confirmed=given.yes)
        else:
            _run(account, given)
    except (ClientError, BotoCoreError, StackError) as error:
        raise SystemExit(f"verify-aws: {error}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verify-aws",
        description="Check the assumptions of docs/unproven.md on the AWS account and Region of "
        "your environment.",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--yes-share-slot",
        action="store_true",
        help="run although an import job of somebody else runs in the account",
    )
    parser.add_argument(
        "--minutes",
        type=float,
        default=_MINUTES,
        help=f"time for all probes; default: {_MINUTES:g}",
    )
    parser.add_argument(
        "--most-usd", type=float, default=_MOST, help=f"what it may cost; default: {_MOST:g}"
    )
    parser.add_argument(
        "--without-app",
        action="store_true",
        help="deploy neither app.py nor the tests' stacks; needs no `make bootstrap`",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("build/verify-aws"),
        metavar="DIR",
        help="folder of report.md and facts.json; default: build/verify-aws",
    )
    parser.add_argument("--clean-up", action="store_true", help="remove what runs have left")
    parser.add_argument(
        "--print-policy", action="store_true", help="print the IAM policy that a run needs"
    )
    return parser


def _run(account: Account, given: argparse.Namespace) -> None:
    names = Names.new()
    cost = limits.estimate()
    _say(
        _PLAN.format(
            account=account.id,
            region=account.region,
            stack=names.stack,
            example=names.example,
            imports=limits.IMPORTS,
            resources=summary(names),
            minutes=given.minutes,
            cost=cost,
        )
    )
    if cost > given.most_usd:
        raise SystemExit(f"verify-aws: this may cost ${cost:.2f}; allow it with --most-usd")
    pools = active_jobs(account)  # in this Region
    if pools and not given.yes_share_slot:
        raise SystemExit(
            f"verify-aws: an import job runs in user pool {', '.join(pools)}; wait for its end, or "
            "run beside it with --yes-share-slot"
        )
    if not given.yes and not _is_confirmed():
        raise SystemExit("verify-aws: nothing was made")
    run = Run(account, names, Limits(given.minutes * 60), Findings())
    # A signal ends the run as Ctrl-C does, so that everything is removed.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        _observe(run, with_app=not given.without_app)
    finally:
        _say("removing everything")
        cleaned = CleanUp(account, names.run)
        cleaned.all()
        rows_without_probe(run.findings)
        _write(run, given.output)
        _finish(cleaned)


def _is_confirmed() -> bool:
    try:
        return input("Go on? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:  # no terminal
        return False


def _observe(run: Run, *, with_app: bool) -> None:
    observe(run, _say)
    if not with_app:
        run.findings.not_observed(ROWS, "app.py was not deployed")
        return
    _say("app.py: deploying, changing and destroying it")
    example = Example(run.account, run.names, run.limits, run.findings)
    reason = attempt(example.run)
    run.findings.not_observed(ROWS, reason or "the deployment showed nothing")
    _say(reason or "tests: create, re-run, bad CSV, rollback and delete")
    if failure := attempt(lambda: behaviours.run(run.account, run.names, run.limits, run.findings)):
        _say(failure)


def _write(run: Run, folder: Path) -> None:
    found = content(run.account, run.findings, _cdk_version())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "facts.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    (folder / "report.md").write_text(report.report(found, run.findings), encoding="utf-8")
    _say(f"written: {folder / 'report.md'} and {folder / 'facts.json'}")


def _cdk_version() -> str:
    with suppress(OSError):
        done = subprocess.run(
            ["cdk", "--version"],  # noqa: S607 - of this checkout
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return done.stdout.split()[0]
    return "none"


def _clean_up(account: Account, *, is_confirmed: bool) -> None:
    cleaning = CleanUp(account)
    runs = cleaning.runs()
    for run, made in runs.items():
        _say(f"run {run} of {made:%Y-%m-%d %H:%M %Z} has stacks in {account.region}")
    if runs and not is_confirmed and not _is_confirmed():
        raise SystemExit("verify-aws: nothing was removed")
    cleaning.all()
    _finish(cleaning)


def _finish(cleaned: CleanUp) -> None:
    left = cleaned.left()
    for each in cleaned.removed:
        _say(f"removed: {each}")
    for each in (*cleaned.failed, *left):
        _say(f"NOT removed: {each}")
    if left or cleaned.failed:
        raise SystemExit("verify-aws: not everything was removed; run `make verify-aws CLEAN_UP=1`")
    _say(_KEPT)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
