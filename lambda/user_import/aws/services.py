"""The services and the clock of one step, behind one object that a test can replace."""

from __future__ import annotations

import os
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from .cognito import ImportJobs
from .import_logs import ImportLogs
from .roles import Roles
from .s3 import Staging
from .stacks import Stacks

if TYPE_CHECKING:
    from collections.abc import Callable

    from .credentials import ImportRole
    from .secrets import Secrets
    from .source_objects import SourceObjects
    from .users import Users

_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 4}, connect_timeout=5, read_timeout=30
)

_PACED = _CONFIG.merge(Config(retries={"mode": "standard", "total_max_attempts": 2}))
"""For calls whose caller slows down when they are throttled."""

_ONE_TRY = Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=2)
"""For IAM, which may have no route from a VPC: one try of three seconds."""


class Services:
    """The AWS services with the role of one import, and the clock.

    Every step has its own, so that credentials are never used for another import. The first call
    assumes the role, once; a denial is not remembered.

    Attributes:
        now: The clock, in epoch seconds.
        sleep: Waits for some seconds.
    """

    def __init__(
        self,
        role: ImportRole,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._role = role
        self.now = now
        self.sleep = sleep

    @cached_property
    def import_jobs(self) -> ImportJobs:
        """Cognito's import jobs."""
        return ImportJobs(self._client("cognito-idp"), self.sleep)

    @cached_property
    def users(self) -> Users:
        """The users of user pools."""
        from .users import Users  # noqa: PLC0415  most imports set no passwords

        return Users(self._client("cognito-idp", _PACED))

    @cached_property
    def secrets(self) -> Secrets:
        """Secrets Manager's secrets."""
        from .secrets import Secrets  # noqa: PLC0415  most imports set no passwords

        return Secrets(self._client("secretsmanager"))

    @cached_property
    def staging(self) -> Staging:
        """The staging bucket and the sources."""
        return Staging(self._client("s3"))

    @cached_property
    def source_objects(self) -> SourceObjects:
        """The objects of a source that is a prefix."""
        from .source_objects import SourceObjects  # noqa: PLC0415  few sources are prefixes

        return SourceObjects(self._client("s3"))

    @cached_property
    def import_logs(self) -> ImportLogs:
        """Cognito's import logs."""
        return ImportLogs(self._client("logs"))

    @cached_property
    def stacks(self) -> Stacks:
        """CloudFormation's stacks."""
        return Stacks(self._client("cloudformation"))

    @cached_property
    def roles(self) -> Roles:
        """IAM's roles."""
        return Roles(self._client("iam", _ONE_TRY))

    @cached_property
    def _credentials(self) -> dict[str, str]:
        return self._role.assume(boto3.client("sts", config=_CONFIG))

    def _client(self, service: str, config: Config = _CONFIG) -> Any:
        if service == "cognito-idp" and os.environ.get("AWS_REGION", "").startswith("us-gov-"):
            # "Amazon Cognito in AWS GovCloud (US) uses FIPS endpoints only" (GovCloud User Guide).
            config = config.merge(Config(use_fips_endpoint=True))
        return _LazyClient(lambda: boto3.client(service, config=config, **self._credentials))


class _LazyClient:
    """A client that its first call creates, so that the call raises the denial of the role."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    @cached_property
    def _client(self) -> Any:
        return self._make()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)
