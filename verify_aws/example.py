"""app.py on the account: deployed, changed and destroyed with the CDK CLI."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .bench import NotObservedError
from .example_app import STACK_VARIABLE, USERS_VARIABLE
from .import_job import code_of
from .names import TAG
from .register import ROOT

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from .account import Account
    from .answers import Findings
    from .limits import Limits
    from .names import Names

BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"
"""The SSM parameter of a Region that is prepared for the CDK."""

_IMPORT = "Custom::CognitoUserImport"
_STACK = "AWS::CloudFormation::Stack"
NAME = "example"
"""How docs/unproven.md calls this probe."""

_DEPLOYED: Mapping[str, str] = {
    "CFN-1": "the import was not cancelled as too late (without --no-rollback)",
    "EVB-1": "the rule was created",
    "IAM-8": "the state machine assumed its role",
    "KMS-4": "the log groups were created",
    "KMS-7": "users were staged in the encrypted bucket",
    "LAM-2": "the functions were created",
    "LAM-3": "the roles were assumed",
    "S3-4": "users were staged over TLS; nothing was tried without it",
    "SFN-6": "the state machine was created",
}
"""Rows without which the deployment would not succeed, and what its success shows."""

ROWS = (*_DEPLOYED, "COG-16", "KMS-1", "KMS-2", "LAM-4")
"""All rows that the deployment answers."""

_TAIL = 25
_EVERY = 2.0
_LOGGED_WITHIN = 60.0
_USERS = ROOT / "examples" / "users.csv"
_MORE_USERS = ROOT / "examples" / "five-more-users.csv"


@dataclass
class Example:
    """The stack of app.py in a run.

    Attributes:
        account: Where.
        names: Of the run.
        limits: Of the run.
        findings: What the run has found out.
    """

    account: Account
    names: Names
    limits: Limits
    findings: Findings

    def run(self) -> None:
        """Deploy, change and destroy the stack, and add the answers.

        Raises:
            NotObservedError: The Region is not bootstrapped, or the CDK CLI failed.
        """
        if not self._is_bootstrapped():
            raise NotObservedError("the Region is not prepared for the CDK: run `make bootstrap`")
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "cdk.out"
            self._cdk("deploy", _USERS, out)
            self._observe_creation()
            self._model(out)
            changed = Path(folder) / "users.csv"
            changed.write_bytes(_USERS.read_bytes() + _MORE_USERS.read_bytes().partition(b"\n")[2])
            self._cdk("deploy", changed, out)
            self._observe_change()
            stack_id = self._stack()["StackId"]
            self._cdk("destroy", changed, out)
            self._observe_deletion(stack_id)

    def _is_bootstrapped(self) -> bool:
        try:
            self.account.client("ssm").get_parameter(Name=BOOTSTRAP)
        except ClientError as error:
            if code_of(error) == "ParameterNotFound":
                return False
            raise
        return True

    def _cdk(self, verb: str, users: Path, out: Path) -> None:
        self.limits.check()
        options = {
            "deploy": ["--require-approval", "never", "--tags", f"{TAG}={self.names.run}"],
            "destroy": ["--force"],
        }[verb]
        done = subprocess.run(  # noqa: S603 - the CDK CLI of this checkout
            [  # noqa: S607
                "cdk",
                verb,
                *("--app", f"{sys.executable} -m verify_aws.example_app", "--output", str(out)),
                *options,
            ],
            cwd=ROOT,
            env={
                **self.account.environment,
                STACK_VARIABLE: self.names.example,
                USERS_VARIABLE: str(users),
                "CDK_DISABLE_VERSION_CHECK": "1",
                "CDK_DISABLE_CLI_TELEMETRY": "true",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=self.limits.left,
        )
        if done.returncode:
            sys.stderr.write("\n".join(done.stdout.splitlines()[-_TAIL:]) + "\n")
            raise NotObservedError(f"cdk {verb} failed; its last lines are above")

    def _stack(self) -> dict[str, Any]:
        cloudformation = self.account.client("cloudformation")
        stack: dict[str, Any]
        (stack,) = cloudformation.describe_stacks(StackName=self.names.example)["Stacks"]
        return stack

    def _times(self, stack: str) -> dict[tuple[str, str], dt.datetime]:
        """Return when the first resource of each type came to each status, without earlier runs."""
        pages = self.account.client("cloudformation").get_paginator("describe_stack_events")
        events = [
            event for page in pages.paginate(StackName=stack) for event in page["StackEvents"]
        ]
        times: dict[tuple[str, str], dt.datetime] = {}
        for event in events:  # the latest first
            times[event["ResourceType"], event["ResourceStatus"]] = event["Timestamp"]
        return times

    def _observe_creation(self) -> None:
        times = self._times(self.names.example)
        began = times[_STACK, "CREATE_IN_PROGRESS"]
        done = times.get((_STACK, "CREATE_COMPLETE"))
        imported = times.get((_IMPORT, "CREATE_IN_PROGRESS"))
        if done is None or imported is None:
            raise NotObservedError("the stack was not created")
        self.findings.fact("deployment_seconds", (done - began).total_seconds())
        self.findings.fact("deployment_seconds_to_import", (imported - began).total_seconds())
        for row, shown in _DEPLOYED.items():
            self.findings.answer(row, shown)
        self._observe_logs()

    def _model(self, out: Path) -> None:
        """Add what the model of CloudFormation's durations says of the same template."""
        # It imports the CDK, which takes seconds.
        from benchmarks.deploy_time import simulate  # noqa: PLC0415

        path = out / f"{self.names.example}.template.json"
        timeline = simulate(json.loads(path.read_text(encoding="utf-8")))
        self.findings.fact("model_seconds_to_import", round(timeline.starts(), 1))
        self.findings.fact("model_deletion_seconds", round(timeline.deletion, 1))

    def _observe_change(self) -> None:
        """Compare the counters of the second import with the change of the file."""
        values = {each["OutputKey"]: each["OutputValue"] for each in self._stack()["Outputs"]}
        counters = [values[f"{each}Users"] for each in ("Imported", "Skipped", "Failed")]
        job = self.account.client("cognito-idp").describe_user_import_job(
            UserPoolId=values["UserPoolId"], JobId=values["JobIds"]
        )["UserImportJob"]
        seconds = (job["CompletionDate"] - job["StartDate"]).total_seconds()
        self.findings.fact("seconds_for_1005_rows", round(seconds, 1))
        self.findings.answer(
            "COG-16",
            f"a job of 5 new and 1,000 known users took {seconds:.0f} s, "
            f"with counters {' '.join(counters)}",
        )

    def _observe_deletion(self, stack_id: str) -> None:
        times = self._times(stack_id)
        began, done = (
            times.get((_STACK, "DELETE_IN_PROGRESS")),
            times.get((_STACK, "DELETE_COMPLETE")),
        )
        if began and done:
            self.findings.fact("deletion_seconds", (done - began).total_seconds())

    def _observe_logs(self) -> None:
        """Look for lines in the encrypted logs of the functions and of the state machine."""
        logs = self.account.client("logs")
        pages = self.account.client("cloudformation").get_paginator("list_stack_resources")
        groups = {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for page in pages.paginate(StackName=self.names.example)
            for each in page["StackResourceSummaries"]
            if each["ResourceType"] == "AWS::Logs::LogGroup"
        }
        has_info = any(
            _is_info(event["message"])
            for group in groups.values()
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
            for event in page["events"]
        )
        self.findings.answer(
            "LAM-4",
            "lines of level INFO are in the log" if has_info else "no line of level INFO",
            as_assumed=has_info,
        )
        of_machine = [group for name, group in groups.items() if "StateMachine" in name]
        end = time.monotonic() + _LOGGED_WITHIN
        while not (is_logged := any(map(self._has_execution, of_machine))):
            if time.monotonic() > end:
                break
            time.sleep(_EVERY)
        for row in ("KMS-1", "KMS-2"):
            self.findings.answer(
                row,
                "the state machine's log has an execution"
                if is_logged
                else "the state machine's log has no execution",
                as_assumed=is_logged,
            )

    def _has_execution(self, group: str) -> bool:
        # Step Functions makes another stream itself when the log is set up.
        streams = self.account.client("logs").describe_log_streams(
            logGroupName=group, logStreamNamePrefix="states/"
        )
        return bool(streams["logStreams"])


def _is_info(message: str) -> bool:
    """Return whether a log event is a line of level INFO that a function has logged in JSON."""
    try:
        line = json.loads(message)
    except ValueError:
        return False
    return isinstance(line, dict) and line.get("level") == "INFO" and "logger" in line
