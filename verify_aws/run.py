"""A run: the stack, the probes, the example, and the removal of all of them."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import platform
import subprocess
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from . import facts, stack
from .bench import Bench, NotObservedError
from .import_job import JobError, code_of
from .limits import LimitReached
from .probes import PROBES
from .register import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .account import Account
    from .answers import Findings
    from .limits import Limits
    from .names import Names
    from .probes import Probe

_PACKAGES = ("boto3", "aws-cdk-lib", "cdk-cognito-user-import")


@dataclass(frozen=True, slots=True)
class Run:
    """One run.

    Attributes:
        account: Where.
        names: Of everything that it makes.
        limits: What it may still use.
        findings: What it has found out.
    """

    account: Account
    names: Names
    limits: Limits
    findings: Findings


def observe(run: Run, say: Callable[[str], None], probes: Sequence[Probe] = PROBES) -> None:
    """Make the stack and run the probes; everything stays, for the clean-up.

    Raises:
        StackError: The stack could not be made.
    """
    say("creating the stack of temporary user pools and roles")
    outputs = stack.create(run.account, run.names)
    bench = Bench(run.account, run.names, outputs, run.limits, run.findings)
    for number, probe in enumerate(probes, start=1):
        say(f"{number} of {len(probes)}: {probe.name}")
        reason = _answer(probe, bench)
        run.findings.not_observed(probe.rows, reason or "the probe found nothing")


def _answer(probe: Probe, bench: Bench) -> str:
    def run() -> None:
        bench.limits.check()
        probe.run(bench)

    return attempt(run)


def attempt(run: Callable[[], None]) -> str:
    """Run a part of a run, and return why it could not go on; empty if it could."""
    try:
        run()
    except (LimitReached, NotObservedError, JobError) as error:
        return str(error)
    except ClientError as error:
        return f"AWS says {code_of(error)}"
    except BotoCoreError as error:
        return type(error).__name__
    except subprocess.TimeoutExpired:
        return "the time of the run is over"
    except Exception as error:  # noqa: BLE001 - AWS may answer what no probe expects
        traceback.print_exc()
        return f"it failed with {type(error).__name__}"
    return ""


def rows_without_probe(findings: Findings) -> None:
    """Add the rows that no probe answers, with the reason of the register."""
    for row in rows():
        findings.not_observed([row.id], row.reason or "the run ended before this probe")


def content(account: Account, findings: Findings, cdk: str) -> dict[str, Any]:
    """Return the content of the facts file."""
    versions = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return facts.checked_content(
        {
            "format": facts.FORMAT,
            "target": "local" if account.is_local else "aws",
            "date": dt.datetime.now(dt.UTC).date().isoformat(),
            "region": account.region,
            "versions": {**versions, "aws-cdk": cdk, "python": platform.python_version()},
            "answers": {
                row: str(answer.verdict) for row, answer in sorted(findings.answers.items())
            },
            "facts": dict(sorted(findings.facts.items())),
            "texts": dict(sorted(findings.texts.items())),
        }
    )
