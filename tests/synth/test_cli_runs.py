"""The commands `run` and `status`, with clients of boto3 that answer from a small account."""

from __future__ import annotations

import json
import sys
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, NoRegionError

from cdk_cognito_user_import import cli
from cdk_cognito_user_import._lambda.user_import.cloudformation import Request
from cdk_cognito_user_import.messages import command_line as messages
from cdk_cognito_user_import.workflow.run_machine import run_definition

POOL = "eu-central-1_Example01"
STACK = "arn:aws:cloudformation:eu-central-1:123456789012:stack/Users/6b1f0f3e"
STATES = "arn:aws:states:eu-central-1:123456789012"
RUNS, WORKFLOW = f"{STATES}:stateMachine:runs", f"{STATES}:stateMachine:workflow"
LOGICAL_ID = "Seed5C4DD72E"
PROPERTIES = {"UserPoolId": POOL, "StateMachineArn": WORKFLOW}
REQUEST = {"StackId": STACK, "LogicalResourceId": LOGICAL_ID}
IMPORT_ID = Request.from_event(
    {**REQUEST, "RequestType": "Run", "RequestId": "1", "ResourceProperties": {}}
).import_id
SUCCESS = {
    "status": "SUCCEEDED",
    "reason": "",
    "attributes": {"ImportedUsers": "2", "SkippedUsers": "1", "FailedUsers": "0"},
}


def refusal(operation: str, code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class Account:
    """An account with one stack; every service is this object.

    Attributes:
        executions: the executions by their ARN, the newest first.
        jobs: the import jobs of the pool, the newest first.
        started: the input of each execution that was started.
        resources: the pages of the stack's resources.
    """

    def __init__(self) -> None:
        self.executions: dict[str, dict[str, Any]] = {}
        self.jobs: list[dict[str, Any]] = []
        self.started: list[dict[str, Any]] = []
        self.polls = 0
        self.result: dict[str, Any] = {"output": json.dumps(SUCCESS)}
        self.denied: set[str] = set()
        machine = {
            "LogicalResourceId": "CognitoUserImportRunsMachine1",
            "ResourceType": "AWS::StepFunctions::StateMachine",
            "PhysicalResourceId": RUNS,
        }
        other = {**machine, "LogicalResourceId": "CognitoUserImportWorkflowStateMachine1"}
        self.resources = [[other], [machine]]
        self.session: dict[str, Any] = {}

    def client(self, _: str) -> Account:
        return self

    def _allow(self, operation: str) -> None:
        if operation in self.denied:
            raise refusal(operation, "AccessDeniedException", "You may not.")

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        if StackName not in ("Users", STACK):
            text = f"Stack with id {StackName} does not exist"
            raise refusal("DescribeStacks", "ValidationError", text)
        return {"Stacks": [{"StackId": STACK}]}

    def list_stack_resources(self, StackName: str, NextToken: str = "0") -> dict[str, Any]:
        assert StackName == STACK
        page = int(NextToken)
        more = {"NextToken": str(page + 1)} if page + 1 < len(self.resources) else {}
        return {"StackResourceSummaries": self.resources[page], **more}

    def describe_state_machine(self, stateMachineArn: str) -> dict[str, str]:
        assert stateMachineArn == RUNS
        self._allow("DescribeStateMachine")
        imports = {
            name: {"LogicalResourceId": logical_id, "ResourceProperties": PROPERTIES}
            for name, logical_id in (("Seed", LOGICAL_ID), ("More", "More1"))
        }
        return {"definition": json.dumps(run_definition(WORKFLOW, imports))}

    def start_execution(self, stateMachineArn: str, input: str) -> dict[str, str]:  # noqa: A002
        assert stateMachineArn == RUNS
        self._allow("StartExecution")
        self.started.append(json.loads(input))
        self.executions[f"{STATES}:execution:workflow:Run-1"] = {
            "status": "SUCCEEDED",
            **self.result,
        }
        return {"executionArn": f"{STATES}:execution:runs:1"}

    def describe_execution(self, executionArn: str) -> dict[str, Any]:
        self._allow("DescribeExecution")
        self.polls += 1
        if executionArn.startswith(f"{STATES}:execution:runs"):
            if self.polls == 1:
                return {"status": "RUNNING"}
            if self.started[-1].get("token") == "bad":
                return {"status": "FAILED", "cause": "The token is bad."}
            started = {"ExecutionArn": f"{STATES}:execution:workflow:Run-1"}
            return {"status": "SUCCEEDED", "output": json.dumps(started)}
        return {"executionArn": executionArn, **self.executions[executionArn]}

    def list_executions(self, stateMachineArn: str, maxResults: int) -> dict[str, Any]:
        assert stateMachineArn == WORKFLOW
        return {"executions": [{"executionArn": arn} for arn in self.executions][:maxResults]}

    def get_execution_history(self, **_: Any) -> dict[str, Any]:
        state = {"waiting_for": "import job import-1 to end, which imports 2 users"}
        return {
            "events": [
                {"type": "WaitStateExited"},
                {"stateEnteredEventDetails": {"input": json.dumps(state)}},
            ]
        }

    def list_user_import_jobs(
        self, UserPoolId: str, MaxResults: int, PaginationToken: str = "0"
    ) -> dict[str, Any]:
        assert (UserPoolId, MaxResults) == (POOL, 60)
        page = int(PaginationToken)
        more = {"PaginationToken": str(page + 1)} if page + 1 < len(self.jobs) else {}
        return {"UserImportJobs": self.jobs[page : page + 1], **more}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    made = Account()

    def session(**options: Any) -> Account:
        made.session = options
        return made

    monkeypatch.setattr(boto3, "Session", session)
    monkeypatch.setattr("time.sleep", lambda _: None)
    return made


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command; return its status, its output and its error output."""

    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


SEED = ("--stack", "Users", "--import", "Seed")


def job(request: str, number: int = 1, **more: Any) -> dict[str, Any]:
    name = f"Seed-{IMPORT_ID}contentx{request}-{number}"
    return {"JobName": name, "Status": "Succeeded", "ImportedUsers": number, **more}


def test_run_starts_an_import_by_its_name(account: Account, told: Any) -> None:
    status, output, _ = told("run", *SEED)
    assert status == 0
    assert account.started == [{"import": "Seed"}]
    assert f"{STATES}:execution:runs:1" in output


def test_run_passes_the_token_the_region_and_the_profile(account: Account, told: Any) -> None:
    told("run", *SEED, "--token", "monday", "--region", "eu-west-1", "--profile", "ops")
    assert account.started == [{"import": "Seed", "token": "monday"}]
    assert account.session == {"region_name": "eu-west-1", "profile_name": "ops"}


def test_run_waits_for_the_end_and_prints_the_counters(account: Account, told: Any) -> None:
    status, output, _ = told("run", *SEED, "--wait")
    assert status == 0
    assert "The import SUCCEEDED: 2 imported, 1 skipped, 0 failed" in output


def test_run_fails_where_the_import_fails(account: Account, told: Any) -> None:
    failed = {"status": "FAILED", "reason": "The stack is\nbusy.", "attributes": {}}
    account.result = {"output": json.dumps(failed)}
    status, output, _ = told("run", *SEED, "--wait")
    assert status == 1
    assert "The import FAILED: The stack is\\nbusy." in output


def test_run_fails_where_the_import_is_not_started(account: Account, told: Any) -> None:
    status, output, _ = told("run", *SEED, "--wait", "--token", "bad")
    assert status == 1
    assert messages.run_not_started("The token is bad.") in output


def test_run_fails_where_the_execution_broke(account: Account, told: Any) -> None:
    account.result = {"status": "FAILED", "error": "States.Timeout"}
    status, output, _ = told("run", *SEED, "--wait")
    assert status == 1
    assert messages.execution_broke("States.Timeout") in output


def continued(account: Account, end: dict[str, Any]) -> dict[str, Any]:
    """Let an import go on in two more executions; return how its first one has ended."""
    arns = [f"{STATES}:execution:workflow:Run-1-{number}" for number in (2, 3)]
    first, second = (
        {"status": "SUCCEEDED", "output": json.dumps({"ExecutionArn": arn, "StartDate": "now"})}
        for arn in arns
    )
    account.executions |= dict(zip(arns, (second, end), strict=True))
    return first


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (SUCCESS, (0, "The import SUCCEEDED: 2 imported, 1 skipped, 0 failed")),
        ({"status": "FAILED", "reason": "x", "attributes": {}}, (1, "The import FAILED: x")),
    ],
    ids=["succeeds", "fails"],
)
def test_run_waits_for_the_executions_that_go_on_with_the_import(
    account: Account, told: Any, outcome: dict[str, Any], expected: tuple[int, str]
) -> None:
    end = {"status": "SUCCEEDED", "output": json.dumps(outcome)}
    account.result = continued(account, end)
    status, output, _ = told("run", *SEED, "--wait")
    assert (status, expected[1] in output) == (expected[0], True)


def test_run_fails_where_an_execution_that_goes_on_with_the_import_broke(
    account: Account, told: Any
) -> None:
    account.result = continued(account, {"status": "ABORTED"})
    status, output, _ = told("run", *SEED, "--wait")
    assert status == 1
    assert messages.execution_broke("ABORTED") in output


@pytest.mark.parametrize("command", ["run", "status"])
def test_an_unknown_stack_is_refused(account: Account, told: Any, command: str) -> None:
    status, _, error = told(command, "--stack", "Other", "--import", "Seed")
    assert status == 2
    assert messages.no_such_stack("Other") in error


@pytest.mark.parametrize("command", ["run", "status"])
def test_a_stack_without_a_grant_is_refused(account: Account, told: Any, command: str) -> None:
    account.resources = account.resources[:1]
    status, _, error = told(command, *SEED)
    assert status == 2
    assert messages.no_runs_in_stack("Users") in error


@pytest.mark.parametrize("command", ["run", "status"])
def test_an_unknown_import_is_refused_with_the_names_of_the_others(
    account: Account, told: Any, command: str
) -> None:
    status, _, error = told(command, "--stack", "Users", "--import", "Sed")
    assert status == 2
    assert messages.no_such_import("Users", "Sed", ["More", "Seed"]) in error
    assert account.started == []


def test_a_denial_names_the_call(account: Account, told: Any) -> None:
    account.denied = {"StartExecution"}
    status, _, error = told("run", *SEED)
    assert status == 2
    assert "states:StartExecution: AccessDeniedException: You may not" in error


def test_a_missing_region_is_explained(
    account: Account, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_region(_: str) -> Account:
        raise NoRegionError

    monkeypatch.setattr(account, "client", without_region)
    status, _, error = told("run", *SEED)
    assert status == 2
    assert "--region" in error


@pytest.mark.parametrize("command", ["run", "status"])
def test_without_boto3_the_command_says_what_to_install(
    told: Any, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    status, _, error = told(command, *SEED)
    assert status == 2
    assert messages.boto3_missing() in error


def test_status_prints_the_jobs_of_the_newest_request_only(account: Account, told: Any) -> None:
    newest = [job("request2", 2, SkippedUsers=3), job("request2", 1)]
    others = [{"JobName": "by-hand", "Status": "Failed"}, job("request1")]
    account.jobs = [others[0], *newest, others[1]]
    _, output, _ = told("status", *SEED)
    lines = [line for line in output.splitlines() if line.startswith("Job")]
    assert lines == [
        messages.job_status(job("request2", 1)["JobName"], "Succeeded", 1, 0, 0),
        messages.job_status(job("request2", 2)["JobName"], "Succeeded", 2, 3, 0),
    ]


def test_status_prints_the_text_of_the_last_execution_of_the_import(
    account: Account, told: Any
) -> None:
    def execution(logical_id: str, reason: str) -> dict[str, Any]:
        request = {**REQUEST, "LogicalResourceId": logical_id}
        output = {"status": "FAILED", "reason": reason, "attributes": {}}
        return {
            "status": "SUCCEEDED",
            "input": json.dumps({"request": request}),
            "output": json.dumps(output),
        }

    account.executions = {
        "arn:1": execution("More1", "another import"),
        "arn:2": execution(LOGICAL_ID, "too many users failed"),
        "arn:3": execution(LOGICAL_ID, "an older one"),
    }
    status, output, _ = told("status", *SEED)
    assert status == 1
    assert "too many users failed" in output
    assert "another import" not in output
    assert "an older one" not in output


def test_status_prints_what_a_running_import_waits_for(account: Account, told: Any) -> None:
    account.executions = {"arn:1": {"status": "RUNNING", "input": json.dumps({"request": REQUEST})}}
    status, output, _ = told("status", *SEED)
    assert status == 0
    assert "The import waits for import job import-1 to end" in output


def test_status_knows_the_legs_of_a_relay(account: Account, told: Any) -> None:
    leg = {
        **REQUEST,
        "LogicalResourceId": "Leg1",
        "ResourceProperties": {**PROPERTIES, "RelayResource": LOGICAL_ID},
    }
    account.executions = {"arn:1": {"status": "RUNNING", "input": json.dumps({"request": leg})}}
    status, output, _ = told("status", *SEED)
    assert status == 0
    assert "The import waits for import job import-1 to end" in output


def test_status_between_two_legs_of_a_relay_does_not_say_that_the_import_has_ended(
    account: Account, told: Any
) -> None:
    ended = {"status": "SUCCEEDED", "reason": "", "attributes": {"Relay": "passed on abcd2345"}}
    account.executions = {
        "arn:1": {
            "status": "SUCCEEDED",
            "input": json.dumps({"request": REQUEST}),
            "output": json.dumps(ended),
        }
    }
    status, output, _ = told("status", *SEED)
    assert status == 0
    assert messages.import_passed_on() in output
    assert "SUCCEEDED" not in output


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ({"status": "RUNNING"}, (0, "The import waits for import job import-1 to end")),
        ({"status": "FAILED", "error": "States.Timeout"}, (1, "States.Timeout")),
    ],
    ids=["runs", "broke"],
)
def test_status_follows_an_import_to_an_execution_that_is_not_listed_yet(
    account: Account,
    told: Any,
    monkeypatch: pytest.MonkeyPatch,
    end: dict[str, Any],
    expected: tuple[int, str],
) -> None:
    request = {"input": json.dumps({"request": REQUEST})}
    first = {**continued(account, {**end, **request}), **request}
    account.executions[f"{STATES}:execution:workflow:Run-1"] = first
    listed = {"executions": [{"executionArn": f"{STATES}:execution:workflow:Run-1"}]}
    monkeypatch.setattr(account, "list_executions", lambda **_: listed)
    status, output, _ = told("status", *SEED)
    assert (status, expected[1] in output) == (expected[0], True)
    assert messages.no_outcome() not in output


def test_status_of_an_import_that_never_ran_is_no_error(account: Account, told: Any) -> None:
    status, output, _ = told("status", *SEED)
    assert status == 0
    assert messages.no_jobs("Seed", POOL) in output
    assert messages.no_execution(50) in output
