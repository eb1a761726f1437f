"""AWS for the commands `run` and `status`: the only module of the library that loads boto3.

An app that synthesises needs no boto3, so that it is loaded when one of these commands begins.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..messages import command_line as messages
from .errors import WrongArgumentError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator


def add_aws_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments about account and Region, as the AWS CLI has them."""
    command.add_argument("--region", help="Region of the stack; default: that of the profile")
    command.add_argument("--profile", help="profile of the AWS CLI's configuration")


class Aws:
    """Clients of AWS services, with the caller's credentials."""

    def __init__(self, *, region: str | None, profile: str | None) -> None:
        """Load boto3.

        Raises:
            WrongArgumentError: boto3 is not installed, or the profile does not exist.
        """
        try:
            import boto3  # noqa: PLC0415  see above
        except ImportError:
            raise WrongArgumentError(messages.boto3_missing()) from None
        self._clients: dict[str, Any] = {}
        with refusals("Session"):
            self._session = boto3.Session(region_name=region, profile_name=profile)

    def client(self, service: str) -> Any:
        """Return the client of a service.

        Raises:
            WrongArgumentError: The Region is not known.
        """
        if service not in self._clients:
            with refusals(service):
                self._clients[service] = self._session.client(service)
        return self._clients[service]


def aws_of(given: argparse.Namespace) -> Aws:
    """Return AWS as the arguments name it."""
    return Aws(region=given.region, profile=given.profile)


@contextmanager
def refusals(call: str) -> Iterator[None]:
    """Raise a `WrongArgumentError` for what AWS refuses in the `with` block.

    Args:
        call: The call, as IAM names it.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  see above

    try:
        yield
    except ClientError as error:
        details = error.response.get("Error", {})
        text = f"{details.get('Code')}: {details.get('Message')}"
        raise WrongArgumentError(messages.refused_by_aws(call, text)) from error
    except BotoCoreError as error:
        raise WrongArgumentError(messages.refused_by_aws(call, str(error))) from error
