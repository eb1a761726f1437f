"""The metrics and the log of an import that was deployed to the local AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from helpers.imports import stack_of, user

from cdk_cognito_user_import._lambda.user_import.contract import Phase

if TYPE_CHECKING:
    from helpers.deployment import Cloud


def lines_of(cloud: Cloud, name: str) -> list[dict[str, Any]]:
    """Return what the functions of a stack have logged, without the lines of Lambda itself."""
    groups = cloud.resources(name, "AWS::Logs::LogGroup")
    (group,) = (each for each in groups if "FunctionsLog" in each)
    return [json.loads(line) for line in cloud.logged(group) if line.startswith("{")]


def test_the_log_of_an_import_has_its_metrics_and_names_request_import_job_and_phase(
    cloud: Cloud, name: str
) -> None:
    outputs = cloud.deploy(stack_of(name, [user("ada"), user("bob")]))
    lines = lines_of(cloud, name)
    (metrics,) = (line for line in lines if "_aws" in line)
    assert (metrics["UserPool"], metrics["Import"]) == (outputs["PoolId"], f"{name}/Seed")
    assert (metrics["ImportedUsers"], metrics["FailedUsers"]) == (2, 0)
    assert metrics["ImportSeconds"] > 0
    assert {line["import"] for line in lines} == {f"{name}/Seed"}
    assert len({line["request"] for line in lines}) == 1
    (watched, *_) = (line for line in lines if line["phase"] == Phase.RUN)
    assert watched["job"] == outputs["JobIds"]
    assert watched["level"] == "INFO"
    assert all(line["level"] == "INFO" for line in lines)
