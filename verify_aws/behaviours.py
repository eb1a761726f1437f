"""The tests that are marked `account`, run on the account."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

from .names import TEST_STACKS_VARIABLE
from .register import ROOT

if TYPE_CHECKING:
    from .account import Account
    from .answers import Findings
    from .limits import Limits
    from .names import Names

_SECONDS_EACH = 1800
_STOPPED_WITHIN = 60.0
_SIDE_BY_SIDE = 3
"""Tests that run at once: they wait for CloudFormation most of the time."""

_TAIL = 30


def run(account: Account, names: Names, limits: Limits, findings: Findings) -> None:
    """Run the tests, and add their outcomes as a fact.

    Raises:
        LimitReached: The time of the run is over before.
    """
    limits.check()
    with tempfile.TemporaryDirectory() as folder:
        results, log = Path(folder) / "results.xml", Path(folder) / "log"
        with log.open("w") as output:
            process = subprocess.Popen(  # noqa: S603 - pytest of this checkout
                [
                    *(sys.executable, "-m", "pytest", "-m", "account", "-q"),
                    *("-p", "no:cacheprovider", "-n", str(_SIDE_BY_SIDE), "--dist", "worksteal"),
                    *("--timeout", str(_SECONDS_EACH), f"--junitxml={results}"),
                    "tests/local/test_lifecycle.py",
                ],
                cwd=ROOT,
                env={**account.environment, TEST_STACKS_VARIABLE: names.stack},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                process.wait(limits.left)
            except subprocess.TimeoutExpired:
                # pytest writes the results of those that have ended.
                process.send_signal(signal.SIGINT)
                process.wait(_STOPPED_WITHIN)
            finally:
                process.kill()
        if process.returncode:
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            sys.stderr.write("\n".join(lines[-_TAIL:]) + "\n")
        if results.exists():
            findings.fact("behaviours", outcomes(results.read_text(encoding="utf-8")))


def outcomes(results: str) -> dict[str, str]:
    """Return the outcome of each test in pytest's JUnit file, by its name in words."""
    found = {}
    for case in ET.fromstring(results).iter("testcase"):  # noqa: S314 - our own pytest wrote it
        name = case.get("name", "").removeprefix("test_").replace("_", " ")
        tags = {each.tag for each in case}
        if tags & {"failure", "error"}:
            found[name] = "failed"
        else:
            found[name] = "skipped" if "skipped" in tags else "passed"
    return found
