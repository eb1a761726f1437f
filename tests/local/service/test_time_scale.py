"""All clocks of a local AWS count AWS seconds: they agree, whatever a second takes."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from helpers.functions import ANSWER, LAMBDA_TRUST, called, make_function
from helpers.import_world import LOG_ACTIONS, World, allow, make_role, user, waited

from cognito_import_local import LocalAws
from cognito_import_local.service.time_scale import TimeScale
from cognito_import_local.settings import PROFILES

if TYPE_CHECKING:
    from collections.abc import Iterator

SCALE = 0.05
LONG = 30.0
"""AWS seconds, a second and a half here: what takes them is over long before they have passed on
the machine's clock."""

ANSWERS_A_DELETE = f"""{ANSWER}
def handler(event, context):
    if event["RequestType"] == "Delete":
        answer(event)
"""

STATES_TRUST = {**LAMBDA_TRUST, "Principal": {"Service": "states.amazonaws.com"}}

CLOCKS = """
import boto3, datetime, time
def handler(event, context):
    seconds = (event or {}).get("sleep", 0)
    began, monotonic, counter = time.time(), time.monotonic(), time.perf_counter()
    machine = datetime.datetime.now()
    left = context.get_remaining_time_in_millis()
    time.sleep(seconds)
    boto3.client("sts").get_caller_identity()
    return {
        "began": began,
        "nanoseconds": time.time_ns(),
        "slept": time.time() - began,
        "monotonic": time.monotonic() - monotonic,
        "counter": time.perf_counter() - counter,
        "left": (left - context.get_remaining_time_in_millis()) / 1000,
        "machine": (datetime.datetime.now() - machine).total_seconds(),
    }
"""


@pytest.fixture(scope="module")
def fast() -> Iterator[LocalAws]:
    """Return a local AWS in which an AWS second takes a twentieth of one."""
    with LocalAws(profile="hostile", time_scale=SCALE) as aws:
        yield aws


@pytest.fixture
def documented(fast: LocalAws) -> Iterator[LocalAws]:
    fast.configure(profile="documented")
    yield fast
    fast.reset()


def now(aws: LocalAws) -> float:
    """Return the time of the import service, in epoch seconds."""
    return aws.clock.now().timestamp()


def test_a_server_starts_with_its_profile_and_a_reset_restores_it(fast: LocalAws) -> None:
    fast.configure(profile="documented", deliveries=3)
    fast.reset()
    settings = fast.settings()
    assert {name: settings[name] for name in PROFILES["hostile"]} == PROFILES["hostile"]
    assert fast.clock.scale == SCALE


@pytest.mark.parametrize("files", [{}, {"dateutil": ""}], ids=["forked", "own-modules"])
def test_the_clock_of_a_function_agrees_with_that_of_the_import_service(
    documented: LocalAws, files: dict[str, str]
) -> None:
    name = f"clocks-{len(files)}"
    code = (
        CLOCKS
        if not files
        else "import dateutil, time\n"
        + CLOCKS.replace("boto3, ", "").replace(
            '    boto3.client("sts").get_caller_identity()\n', ""
        )
    )
    make_function(documented, name, code, **files)
    before = now(documented)
    reported = called(documented, name, {"sleep": LONG})
    after = now(documented)

    assert before <= reported["began"] <= reported["nanoseconds"] / 1e9 <= after
    for clock in ("slept", "monotonic", "counter", "left"):
        assert reported[clock] >= LONG, clock
    assert reported["machine"] < LONG, "it has not slept for seconds of the machine's"


def test_a_workflow_waits_retries_and_reports_the_time_in_aws_seconds(documented: LocalAws) -> None:
    function = make_function(
        documented,
        "failing-first",
        f"""
        import datetime, time
        def handler(event, context):
            now, started = time.time(), datetime.datetime.fromisoformat(event["started"])
            if now < started.timestamp() + {LONG}:
                raise ValueError("too early")
            return {{"second": now, **event}}
        """,
    )
    clock = make_function(
        documented,
        "clock",
        "import time\ndef handler(event, _): return {'now': time.time(), **event}",
    )
    states = {
        "Fails": {
            "Type": "Task",
            "Resource": function,
            "Parameters": {"started.$": "$$.Execution.StartTime"},
            "Retry": [
                {"ErrorEquals": ["States.ALL"], "IntervalSeconds": int(LONG), "MaxAttempts": 1}
            ],
            "Next": "Wait",
        },
        "Wait": {"Type": "Wait", "Seconds": int(LONG), "Next": "Tell"},
        "Tell": {"Type": "Task", "Resource": clock, "End": True},
    }
    machines = documented.client("stepfunctions")
    machine = machines.create_state_machine(
        name="clocks",
        definition=json.dumps({"StartAt": "Fails", "States": states}),
        roleArn=make_role(documented, "clocks", [allow("*")], STATES_TRUST),
    )["stateMachineArn"]
    machine_began, before = time.monotonic(), now(documented)
    arn = machines.start_execution(stateMachineArn=machine, input="{}")["executionArn"]
    done = waited(
        lambda: machines.describe_execution(executionArn=arn),
        lambda execution: execution["status"] != "RUNNING",
    )
    took, after = time.monotonic() - machine_began, now(documented)

    assert done["status"] == "SUCCEEDED", done
    reported = json.loads(done["output"])
    started = dt.datetime.fromisoformat(reported["started"]).timestamp()
    assert before - 0.001 <= started, "dates of executions have milliseconds"
    assert reported["second"] - started >= LONG
    assert reported["now"] - reported["second"] >= LONG
    assert reported["now"] <= done["stopDate"].timestamp() + 0.001 <= after + 0.001
    assert took < LONG


def test_jobs_take_aws_seconds(documented: LocalAws) -> None:
    documented.configure(seconds_pending=LONG, seconds_in_progress=LONG)
    cognito = documented.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="people", AutoVerifiedAttributes=["email"])
    role = make_role(documented, "logs", [allow(LOG_ACTIONS)])
    world = World(documented, cognito, pool["UserPool"]["Id"], role)
    machine_began, before = time.monotonic(), now(documented)
    job = world.run(world.csv(user("ann")))
    took, after = time.monotonic() - machine_began, now(documented)

    assert before <= job["CreationDate"].timestamp() + 0.001
    assert (job["StartDate"] - job["CreationDate"]).total_seconds() >= LONG - 0.002
    assert (job["CompletionDate"] - job["StartDate"]).total_seconds() >= LONG - 0.002
    assert job["CompletionDate"].timestamp() - 0.001 <= after
    assert took < LONG
    (ann,) = world.users()
    assert job["StartDate"] <= ann["UserCreateDate"] <= job["CompletionDate"]


def test_the_timeout_of_a_custom_resource_is_in_aws_seconds(
    documented: LocalAws,
) -> None:
    function = make_function(documented, "silent", ANSWERS_A_DELETE)
    properties = {"ServiceToken": function, "ServiceTimeout": str(int(LONG))}
    template = {"Resources": {"Silent": {"Type": "Custom::Silent", "Properties": properties}}}
    stacks = documented.client("cloudformation")
    began = time.monotonic()
    stacks.create_stack(StackName="silent", TemplateBody=json.dumps(template))
    waited(
        lambda: stacks.describe_stacks(StackName="silent")["Stacks"][0]["StackStatus"],
        lambda status: status == "ROLLBACK_COMPLETE",
    )
    assert time.monotonic() - began < LONG
    events = stacks.describe_stack_events(StackName="silent")["StackEvents"]
    assert any("timed out after 30s" in each.get("ResourceStatusReason", "") for each in events)


@pytest.mark.parametrize("scale", [0.0, -1.0, float("inf"), float("nan")])
def test_a_scale_is_a_number_above_0(scale: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        TimeScale(scale)


def test_at_scale_1_the_clocks_are_the_machines() -> None:
    script = "import time; from cognito_import_local.service.time_scale import TimeScale\n"
    script += "before = vars(time).copy(); TimeScale(1.0, 5.0).set_process_clock()\n"
    script += "assert vars(time) == before; assert TimeScale(1.0, 5.0).at(7.0) == 7.0"
    subprocess.run([sys.executable, "-c", script], check=True)


def read_from_environment(aws: LocalAws) -> dict[str, Any]:
    return {"profile": aws.settings()["deliveries"], "scale": aws.clock.scale}


def test_profile_and_scale_default_to_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COGNITO_IMPORT_LOCAL_PROFILE", "hostile")
    monkeypatch.setenv("COGNITO_IMPORT_LOCAL_TIME_SCALE", "0.5")
    with LocalAws() as aws:
        assert read_from_environment(aws) == {"profile": 2, "scale": 0.5}
