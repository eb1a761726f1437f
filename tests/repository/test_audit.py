"""An audit that looked nothing up must not pass for one that found nothing."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCK = "six==1.16.0 \\\n    --hash=sha256:0\nTyping_Extensions==4.15.0 \\\n    --hash=sha256:1\n"


def package(name, version="1", *vulnerabilities):
    return {"name": name, "version": version, "vulns": list(vulnerabilities)}


@pytest.fixture(scope="module")
def audit():
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def python(audit, *packages):
    return list(audit.python_problems({"dependencies": list(packages)}, LOCK))


def test_packages_that_were_looked_up_and_have_nothing_are_clean(audit):
    assert python(audit, package("six"), package("typing-extensions")) == []


def test_a_skipped_package_is_a_problem(audit):
    skipped = {"name": "six", "skip_reason": "Dependency not found on PyPI"}
    found = python(audit, skipped, package("typing-extensions"))
    assert found == ["six was not looked up: Dependency not found on PyPI"]


def test_a_pinned_package_that_the_report_lacks_is_a_problem(audit):
    assert python(audit, package("six")) == ["Typing_Extensions is pinned and was not looked up"]


def test_a_known_vulnerability_is_a_problem(audit):
    known = {"id": "PYSEC-1", "fix_versions": ["1.17"]}
    found = python(audit, package("six", "1.16.0", known), package("typing-extensions"))
    assert found == ["six 1.16.0 has PYSEC-1, fixed in: 1.17"]


def test_npm_without_an_answer_is_a_problem(audit):
    offline = {"message": "405 Method Not Allowed", "statusCode": 405}
    assert list(audit.node_problems(offline)) == ["npm looked nothing up: 405 Method Not Allowed"]


def test_npm_without_packages_is_a_problem(audit):
    report = {"metadata": {"vulnerabilities": {"total": 0}, "dependencies": {"total": 0}}}
    assert list(audit.node_problems(report)) == ["npm looked nothing up: it found no packages"]


def test_npm_with_a_vulnerability_is_a_problem(audit):
    counted = {"vulnerabilities": {"total": 1}, "dependencies": {"total": 3}}
    known = {"aws-cdk": {"range": "<2", "severity": "high"}}
    report = {"metadata": counted, "vulnerabilities": known}
    assert list(audit.node_problems(report)) == ["aws-cdk <2 has a vulnerability: high"]


def test_npm_with_nothing_known_is_clean(audit):
    counted = {"vulnerabilities": {"total": 0}, "dependencies": {"total": 3}}
    assert list(audit.node_problems({"metadata": counted})) == []


def test_the_lock_of_the_npm_packages_has_no_address():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert [name for name, each in lock["packages"].items() if "resolved" in each] == []
    assert all("integrity" in each for name, each in lock["packages"].items() if name)
