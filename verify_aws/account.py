"""The account and Region of a run, and clients of them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONFIG = Config(
    # The quotas of import operations are a few calls a second for the whole account.
    retries={"mode": "adaptive", "max_attempts": 8},
    connect_timeout=10,
    read_timeout=60,
    user_agent_extra="verify-user-import",
)
_ONCE = _CONFIG.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass
class Account:
    """An account and a Region, with the rights of the environment's credentials or of a role.

    Attributes:
        session: The credentials and the Region.
    """

    session: boto3.session.Session
    _clients: dict[tuple[str, bool], Any] = field(default_factory=dict)
    _identity: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_environment(cls) -> Account:
        """Return the account of the environment's credentials.

        Raises:
            SystemExit: There are no credentials, or no Region.
        """
        # boto3 itself reads AWS_DEFAULT_REGION only, and the CDK CLI prefers AWS_REGION.
        session = boto3.session.Session(region_name=os.environ.get("AWS_REGION") or None)
        if session.region_name is None:
            raise SystemExit("verify-aws: no Region; set AWS_REGION")
        if session.get_credentials() is None:
            raise SystemExit("verify-aws: no credentials; set AWS_PROFILE, or sign in")
        account = cls(session)
        if account.arn.endswith(":root") and not account.is_local:
            raise SystemExit(
                "verify-aws: the account's root may not assume roles; use credentials of a user or "
                "a role"
            )
        return account

    @property
    def region(self) -> str:
        """The Region's name."""
        return str(self.session.region_name)

    @property
    def id(self) -> str:
        """The account's id."""
        return self._caller["Account"]

    @property
    def arn(self) -> str:
        """The ARN of the caller."""
        return self._caller["Arn"]

    @property
    def environment(self) -> dict[str, str]:
        """The environment of subprocesses, in which every tool uses this Region."""
        return {**os.environ, "AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region}

    @property
    def partition(self) -> str:
        """The partition, such as `aws`."""
        return self._caller["Arn"].split(":")[1]

    @property
    def is_local(self) -> bool:
        """Whether this is an emulator on this machine."""
        return urlsplit(self.client("sts").meta.endpoint_url).hostname in _LOOPBACK

    @property
    def _caller(self) -> Mapping[str, str]:
        if not self._identity:
            self._identity = self.client("sts").get_caller_identity()
        return self._identity

    def client(self, service: str, *, retries: bool = True) -> Any:
        """Return a client of a service; without retries where a refusal is the answer."""
        key = service, retries
        if key not in self._clients:
            config = _CONFIG if retries else _ONCE
            self._clients[key] = self.session.client(service, config=config)
        return self._clients[key]

    def assume(self, role_arn: str, **parameters: Any) -> Account:
        """Return this account with the rights of a role.

        Args:
            role_arn: The role.
            **parameters: More parameters of AssumeRole.
        """
        answer = self.client("sts").assume_role(
            RoleArn=role_arn, RoleSessionName="verify", **parameters
        )
        given = answer["Credentials"]
        session = boto3.session.Session(
            given["AccessKeyId"],
            given["SecretAccessKey"],
            given["SessionToken"],
            region_name=self.region,
        )
        return Account(session)
