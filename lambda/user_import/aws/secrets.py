"""Secrets: the only module that calls Secrets Manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import AwsError, Throttled, Unusable, calling
from ..messages.aws import secret_is_binary

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS: Mapping[str, type[AwsError]] = {
    "DecryptionFailure": Unusable,
    "InvalidParameterException": Unusable,
    "InvalidRequestException": Unusable,
    "ResourceNotFoundException": Unusable,
    "ThrottlingException": Throttled,
}


class Secret(NamedTuple):
    """One version of a secret.

    Attributes:
        value: The secret text. Never log it, and never put it into an error or a state.
        version: The id of the version.
    """

    value: str
    version: str


class Secrets:
    """The secrets of the account."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def read(self, arn: str, version: str | None = None) -> Secret:
        """Return a version of a secret (GetSecretValue).

        Args:
            arn: The secret's ARN.
            version: The id of the version. Default: the current one (AWSCURRENT).

        Raises:
            AccessDenied: The secret or its key may not be used, or not yet.
            Throttled: There are too many calls.
            Unusable: The secret does not exist, is being deleted, cannot be decrypted, or is not
                text.
        """
        of_version = {} if version is None else {"VersionId": version}
        operation = "secretsmanager:GetSecretValue"
        with calling(operation, arn, kinds=_KINDS):
            answer = self._client.get_secret_value(SecretId=arn, **of_version)
        if "SecretString" not in answer:
            raise Unusable(
                operation=operation, target=arn, code="SecretBinary", message=secret_is_binary()
            )
        return Secret(answer["SecretString"], answer["VersionId"])
