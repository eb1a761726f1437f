"""The metrics of an import: their names at synth, and the name that the worker is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, Duration, NestedStack, Stack, Stage
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cognito as cognito
from helpers.imports import import_into
from helpers.synthesis import synthesise, synthesise_app

from cdk_cognito_user_import._lambda.user_import.contract import Dimension, Metric

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.synthesis import Synthesised

KIND = "Custom::CognitoUserImport"
METRICS = {
    "metric_imported_users": (Metric.IMPORTED_USERS, "Sum"),
    "metric_skipped_users": (Metric.SKIPPED_USERS, "Sum"),
    "metric_failed_users": (Metric.FAILED_USERS, "Sum"),
    "metric_queued_seconds": (Metric.QUEUED_SECONDS, "Maximum"),
    "metric_import_seconds": (Metric.IMPORT_SECONDS, "Maximum"),
}


def alarm(scope: Any, metric: cloudwatch.Metric) -> cloudwatch.Alarm:
    return metric.create_alarm(scope, "Alarm", threshold=1, evaluation_periods=1)


def alarm_of(stack: Synthesised) -> dict[str, Any]:
    (found,) = stack.resources("AWS::CloudWatch::Alarm").values()
    properties: dict[str, Any] = found["Properties"]
    return properties


def dimensions_of(stack: Synthesised) -> dict[str, Any]:
    return {each["Name"]: each["Value"] for each in alarm_of(stack)["Dimensions"]}


def name_given(stack: Synthesised) -> str:
    """Return the name that the worker is given."""
    (found,) = stack.resources(KIND).values()
    return str(found["Properties"]["ImportName"])


def test_each_metric_of_the_worker_has_a_method() -> None:
    assert {metric for metric, _ in METRICS.values()} == set(Metric)


@pytest.mark.parametrize("method", METRICS)
def test_an_alarm_has_the_namespace_the_name_and_the_dimensions_that_the_worker_writes(
    method: str,
) -> None:
    stack = synthesise(lambda stack: alarm(stack, getattr(import_into(stack), method)()))
    metric, statistic = METRICS[method]
    properties = alarm_of(stack)
    assert properties["Namespace"] == "CdkCognitoUserImport"
    assert (properties["MetricName"], properties["Statistic"]) == (metric, statistic)
    (custom_resource,) = stack.resources(KIND).values()
    given = custom_resource["Properties"]
    assert dimensions_of(stack) == {
        Dimension.USER_POOL: given["UserPoolId"],
        Dimension.IMPORT: given["ImportName"],
    }


def test_a_metric_takes_the_options_of_the_cdks_metrics() -> None:
    def build(stack: Stack) -> None:
        users = import_into(stack)
        alarm(stack, users.metric_failed_users(statistic="Maximum", period=Duration.hours(1)))

    properties = alarm_of(synthesise(build))
    assert (properties["Statistic"], properties["Period"]) == ("Maximum", 3600)


def test_any_metric_can_be_named() -> None:
    stack = synthesise(lambda stack: alarm(stack, import_into(stack).metric("FailedUsers")))
    assert (alarm_of(stack)["MetricName"], alarm_of(stack)["Statistic"]) == (
        "FailedUsers",
        "Average",
    )


def test_an_alarm_can_be_in_another_stack() -> None:
    def build(app: App) -> None:
        users = import_into(Stack(app, "Shop"))
        alarm(Stack(app, "Alarms"), users.metric_failed_users())

    stacks = synthesise_app(build)
    dimensions = dimensions_of(stacks["Alarms"])
    assert dimensions[Dimension.IMPORT] == name_given(stacks["Shop"]) == "Shop/Seed"
    assert list(dimensions[Dimension.USER_POOL]) == ["Fn::ImportValue"]


def test_a_pool_of_another_app_has_metrics() -> None:
    def build(stack: Stack) -> None:
        pool = cognito.UserPool.from_user_pool_id(stack, "Pool", "eu-central-1_AbCdEfGhI")
        alarm(stack, import_into(stack, user_pool=pool).metric_failed_users())

    assert dimensions_of(synthesise(build))[Dimension.USER_POOL] == "eu-central-1_AbCdEfGhI"


def in_a_stage(app: App) -> None:
    import_into(Stack(Stage(app, "Prod"), "Shop"))


def with_a_name(name: str) -> Callable[[App], object]:
    return lambda app: import_into(Stack(app, "Shop"), name)


@pytest.mark.parametrize(
    ("build", "name"),
    [
        (in_a_stage, "Prod-Shop/Seed"),
        (with_a_name("Früh"), "Shop/Fr-h-"),
        (with_a_name("S" * 251), "Shop/" + "S" * 241 + "-"),
    ],
    ids=["stage", "not ASCII", "long"],
)
def test_the_name_of_an_import_is_known_at_synth(build: Callable[[App], object], name: str) -> None:
    names = [name_given(stack) for stack in synthesise_app(build).values() if stack.resources(KIND)]
    (given,) = names
    assert given.isascii()
    assert len(given) <= 255
    if name.endswith("-"):
        assert given.startswith(name)
        assert len(given) == len(name) + 8
    else:
        assert given == name


def test_an_import_in_a_nested_stack_has_the_name_of_the_outer_stack() -> None:
    def build(stack: Stack) -> None:
        alarm(stack, import_into(NestedStack(stack, "Users")).metric_failed_users())

    assert dimensions_of(synthesise(build, "Shop"))[Dimension.IMPORT] == "Shop/Users/Seed"


def test_two_names_that_ascii_cannot_tell_apart_are_different() -> None:
    one, other = (name_given(synthesise_app(with_a_name(name))["Shop"]) for name in ("Süd", "Sød"))
    assert one != other


def test_both_functions_log_in_json(small: Synthesised) -> None:
    functions = small.resources("AWS::Lambda::Function").values()
    logging = [each["Properties"]["LoggingConfig"] for each in functions]
    assert len(logging) == 2
    assert all(each["LogFormat"] == "JSON" for each in logging)
    assert all(each["ApplicationLogLevel"] == "INFO" for each in logging)
