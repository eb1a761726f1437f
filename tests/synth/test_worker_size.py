"""The memory of the worker, and the quota of jobs that it is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template
from helpers.imports import workflow_of

from cdk_cognito_user_import.messages import workflow


def worker(**arguments: Any) -> dict[str, Any]:
    """Return the properties of the worker's function."""
    stack = Stack(App(), "Test")
    workflow_of(stack, **arguments)
    functions = Template.from_stack(stack).find_resources("AWS::Lambda::Function")
    (found,) = (
        function["Properties"]
        for function in functions.values()
        if function["Properties"]["Handler"] == "user_import.worker.handler"
    )
    return dict(found)


def test_the_memory_of_the_worker_is_as_given() -> None:
    assert worker()["MemorySize"] == 1024
    assert worker(memory_size=2048)["MemorySize"] == 2048


def test_the_worker_is_told_a_quota_of_jobs_that_was_raised() -> None:
    assert "IMPORT_JOBS_PER_POOL" not in worker()["Environment"]["Variables"]
    raised = worker(import_jobs_per_pool=5_000)["Environment"]["Variables"]
    assert raised["IMPORT_JOBS_PER_POOL"] == "5000"


@pytest.mark.parametrize("memory", [1023, 10_241, 2])
def test_a_memory_that_lambda_or_the_library_does_not_allow_is_refused(memory: int) -> None:
    reported = workflow.memory_out_of_range("Test/Workflow", memory, 1024, 10_240)
    with pytest.raises(ValueError, match=re.escape(reported)):
        worker(memory_size=memory)


def test_a_quota_of_jobs_below_that_of_every_account_is_refused() -> None:
    reported = workflow.job_quota_too_low("Test/Workflow", 999, 1_000)
    with pytest.raises(ValueError, match=re.escape(reported)):
        worker(import_jobs_per_pool=999)
