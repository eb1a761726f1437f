"""Hold every pinned package against the databases of known vulnerabilities: `make audit`.

It needs the internet. pip-audit calls an audit clean in which it could look nothing up, and npm
says so only in words; here a package that was not looked up is a failure as a known vulnerability
is.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


def python_problems(report: Any, locked: str) -> Iterator[str]:
    """Say what is wrong with what pip-audit tells of a lock.

    Args:
        report: pip-audit's JSON.
        locked: the lock's text; whatever it pins has to be in the report.
    """
    named = set()
    for package in report["dependencies"]:
        name = package["name"]
        named.add(_normal(name))
        if reason := package.get("skip_reason"):
            yield f"{name} was not looked up: {reason}"
            continue
        for known in package["vulns"]:
            fixed = ", ".join(known["fix_versions"]) or "no version"
            yield f"{name} {package['version']} has {known['id']}, fixed in: {fixed}"
    for name, _ in _PIN.findall(locked):
        if _normal(name) not in named:
            yield f"{name} is pinned and was not looked up"


def node_problems(report: Any) -> Iterator[str]:
    """Say what is wrong with what `npm audit` tells."""
    counts = report.get("metadata", {}).get("vulnerabilities")
    if counts is None:
        yield f"npm looked nothing up: {report.get('message', 'it gives no reason')}"
        return
    if not report["metadata"]["dependencies"]["total"]:
        yield "npm looked nothing up: it found no packages"
    for name, known in report.get("vulnerabilities", {}).items():
        yield f"{name} {known['range']} has a vulnerability: {known['severity']}"


def main() -> None:
    """Audit the Python locks and the npm lock, and fail where anything is known or unknown."""
    problems: list[str] = []
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        command = ["pip-audit", "--requirement", str(lock), "--disable-pip", "--require-hashes"]
        report = _json([*command, "--format", "json", "--progress-spinner", "off"])
        text = lock.read_text(encoding="utf-8")
        # A package for another Python or system is in the lock, and pip-audit leaves it out.
        pinned = "\n".join(line for line in text.splitlines() if " ; " not in line)
        problems += [f"{lock.name}: {each}" for each in python_problems(report, pinned)]
    report = _json(["npm", "audit", "--json"])
    problems += [f"package-lock.json: {each}" for each in node_problems(report)]
    for each in problems:
        print(each)
    if problems:
        sys.exit(f"{len(problems)} problems")
    print("every pinned package was looked up, and nothing is known of any")


def _json(command: list[str]) -> Any:
    # Both tools end with a failure when they find something; what they print tells what.
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        return json.loads(done.stdout)
    except ValueError:
        sys.exit(f"{command[0]} gave no report: {done.stderr.strip()}")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
