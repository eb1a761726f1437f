"""The tests that are marked `account`, run on the account."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

from .register import ROOT

if TYPE_CHECKING:
    from .answers import Findings
    from .limits import Limits
    from .names import Names

_PREFIX_VARIABLE = "VERIFY_AWS_TEST_STACKS"
_SECONDS_EACH = 1800
_TAIL = 30


def run(names: Names, limits: Limits, findings: Findings) -> None:
    """Run the tests, and add their outcomes as a fact.

    Raises:
        LimitReached: The time of the run is over before.
        TimeoutExpired: It is over meanwhile.
    """
    limits.check()
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.xml"
        done = subprocess.run(  # noqa: S603 - pytest of this checkout
            [
                *(sys.executable, "-m", "pytest", "-m", "account", "-q", "-p", "no:cacheprovider"),
                *("--timeout", str(_SECONDS_EACH), f"--junitxml={results}"),
                "tests/local/test_lifecycle.py",
            ],
            cwd=ROOT,
            env={**os.environ, _PREFIX_VARIABLE: names.stack},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=limits.left,
        )
        if done.returncode:
            sys.stderr.write("\n".join(done.stdout.splitlines()[-_TAIL:]) + "\n")
        if results.exists():
            findings.fact("behaviours", outcomes(results.read_text(encoding="utf-8")))


def outcomes(results: str) -> dict[str, str]:
    """Return the outcome of each test in pytest's JUnit file, by its name in words."""
    found = {}
    for case in ET.fromstring(results).iter("testcase"):  # noqa: S314 - our own pytest wrote it
        name = case.get("name", "").removeprefix("test_").replace("_", " ")
        failed = any(case.find(tag) is not None for tag in ("failure", "error"))
        found[name] = "failed" if failed else "passed"
    return found
