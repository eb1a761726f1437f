from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path

import pytest
from app import SeededUserPool
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks
from support.imports import import_into

LIBRARYS_OWN = "CognitoUserImport"


def checked(build):
    """Synthesise an app with cdk-nag, and return its report."""
    folder = Path(tempfile.mkdtemp(prefix="cdk-out-"))
    app = App(outdir=str(folder), analytics_reporting=False)
    build(app)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    with contextlib.suppress(RuntimeError):  # where there are findings; they are in the report
        app.synth()
    (report,) = json.loads((folder / "validation-report.json").read_text())["pluginReports"]
    return report


def places(findings):
    return [
        (finding["ruleName"], construct["constructPath"])
        for finding in findings
        for construct in finding["violatingConstructs"]
    ]


def test_the_example_has_no_findings_but_what_it_acknowledges():
    report = checked(lambda app: SeededUserPool(app, "Pool", users="examples/users.csv"))
    assert report["violations"] == []
    acknowledged = places(report["suppressedViolations"])
    librarys = [place for place in acknowledged if LIBRARYS_OWN in place[1]]
    assert len(librarys) <= 5, librarys
    assert len(acknowledged) - len(librarys) <= 3, acknowledged
    assert len(set(librarys)) == len(librarys), "one finding on one resource each"


@pytest.mark.parametrize("env", [None, {"account": "111122223333", "region": "eu-central-1"}])
def test_the_library_acknowledges_its_own_findings_in_any_environment(env):
    report = checked(lambda app: import_into(Stack(app, "Test", env=env)))
    assert [place for place in places(report["violations"]) if "/Pool/" not in place[1]] == []


def test_the_check_finds_what_is_not_acknowledged():
    report = checked(lambda app: s3.Bucket(Stack(app, "Test"), "Bucket"))
    assert report["violations"]
