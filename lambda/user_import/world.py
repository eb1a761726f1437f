"""Everything outside the worker, behind one object that a test can replace."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from .import_jobs import ImportJobs
from .results import ImportLogs
from .stacks import Stacks
from .staging import Staging

if TYPE_CHECKING:
    from collections.abc import Callable

_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 4}, connect_timeout=5, read_timeout=30
)


class World:
    """The services and the clock; clients are made when first used."""

    def __init__(
        self,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.now = now
        self.sleep = sleep

    @cached_property
    def import_jobs(self) -> ImportJobs:
        """Cognito's import jobs."""
        return ImportJobs(_client("cognito-idp"), self.sleep)

    @cached_property
    def staging(self) -> Staging:
        """The staging bucket and the sources."""
        return Staging(_client("s3"))

    @cached_property
    def import_logs(self) -> ImportLogs:
        """Cognito's import logs."""
        return ImportLogs(_client("logs"))

    @cached_property
    def stacks(self) -> Stacks:
        """CloudFormation's stacks."""
        return Stacks(_client("cloudformation"))


def _client(service: str) -> Any:
    return boto3.client(service, config=_CONFIG)
