"""The CloudWatch metrics of an import, which the worker writes when an import ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypedDict, Unpack

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch

from ._lambda.user_import.contract import (
    IMPORT_NAME_CHARACTERS,
    METRIC_NAMESPACE,
    Dimension,
    Metric,
)
from .names import identity_of, path_in_stack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import Duration
    from aws_cdk import aws_cognito as cognito
    from constructs import Construct

_NOT_ASCII = re.compile(r"[^ -~]")


class MetricOptions(TypedDict, total=False):
    """Options of a metric, as `aws_cloudwatch.Metric` takes them."""

    account: str
    color: str
    dimensions_map: Mapping[str, str]
    id: str
    label: str
    period: Duration
    region: str
    stack_account: str
    stack_region: str
    statistic: str
    unit: cloudwatch.Unit
    visible: bool


def import_name(construct: Construct) -> str:
    """Return the name of an import in metrics and logs: `<stack>/<path in the stack>`.

    It is known at synth, also of a nested stack, whose own name CloudFormation makes. So an alarm,
    a dashboard or a query in any stack or account can name it.

    Args:
        construct: The import.
    """
    stack = Stack.of(construct)
    while stack.nested_stack_parent is not None:
        stack = stack.nested_stack_parent
    name = f"{stack.stack_name}/{path_in_stack(construct, stack)}"
    allowed = _NOT_ASCII.sub("-", name)
    if allowed == name and len(name) <= IMPORT_NAME_CHARACTERS:
        return name
    end = f"-{identity_of(name)}"
    return allowed[: IMPORT_NAME_CHARACTERS - len(end)] + end


class ImportMetrics:
    """The metrics of an import, for alarms and dashboards.

    Each end of an import gives a value of each metric; an update that imports nothing gives none.
    """

    _dimensions: Mapping[str, str]

    def _init_metrics(self, name: str, user_pool: cognito.IUserPool) -> None:
        self._dimensions = {
            Dimension.USER_POOL: user_pool.user_pool_id,
            Dimension.IMPORT: name,
        }

    def metric(self, metric_name: str, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return a metric of this import.

        Args:
            metric_name: Name of the metric, such as `FailedUsers`.
            options: Options of the metric, such as `statistic`, `period` and `label`.
                Default: those of `aws_cloudwatch.Metric`, an average over five minutes.
        """
        given: MetricOptions = {"dimensions_map": dict(self._dimensions)}
        given.update(options)
        return cloudwatch.Metric(namespace=METRIC_NAMESPACE, metric_name=metric_name, **given)

    def metric_imported_users(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return the metric of imported users.

        Args:
            options: Options of the metric. Default: a sum over five minutes.
        """
        return self._sum(Metric.IMPORTED_USERS, options)

    def metric_skipped_users(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return the metric of users that were skipped because they exist.

        Args:
            options: Options of the metric. Default: a sum over five minutes.
        """
        return self._sum(Metric.SKIPPED_USERS, options)

    def metric_failed_users(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return the metric of users that Cognito rejected.

        Args:
            options: Options of the metric. Default: a sum over five minutes.
        """
        return self._sum(Metric.FAILED_USERS, options)

    def metric_queued_seconds(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return the metric of the wait for the account's import slot or for the logs role.

        Args:
            options: Options of the metric. Default: the maximum in five minutes.
        """
        return self._maximum(Metric.QUEUED_SECONDS, options)

    def metric_import_seconds(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return the metric of the time for which the import jobs ran.

        Args:
            options: Options of the metric. Default: the maximum in five minutes.
        """
        return self._maximum(Metric.IMPORT_SECONDS, options)

    def _sum(self, metric: Metric, options: MetricOptions) -> cloudwatch.Metric:
        return self._with_statistic(metric, cloudwatch.Stats.SUM, options)

    def _maximum(self, metric: Metric, options: MetricOptions) -> cloudwatch.Metric:
        return self._with_statistic(metric, cloudwatch.Stats.MAXIMUM, options)

    def _with_statistic(
        self, metric: Metric, statistic: str, options: MetricOptions
    ) -> cloudwatch.Metric:
        given: MetricOptions = {"statistic": statistic}
        given.update(options)
        return self.metric(str(metric), **given)
