"""The credentials of one import: the only module that calls STS.

The worker's own role may only assume the roles of imports. Each trusts the worker and, as external
id, one stack; the id comes from CloudFormation's request, so that a request of one stack
cannot use the role of another.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ..contract import Property
from ..errors import RequestError, calling
from ..messages.properties import NO_IMPORT_ROLE

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_NAME = 64
_NOT_IN_NAME = re.compile(r"[^\w+=,.@-]", re.ASCII)


class ImportRole(NamedTuple):
    """The role of an import, and the stack that it is assumed for.

    Attributes:
        arn: The role's ARN; None where the request names none.
        stack_id: The ARN of the stack that CloudFormation sends the request for.
        session_name: The name of the session in CloudTrail, which identifies the request.
    """

    arn: str | None
    stack_id: str
    session_name: str

    @classmethod
    def of_request(cls, event: Mapping[str, Any]) -> ImportRole:
        """Return the role of a request, whose properties have not been checked yet."""
        arn = (event.get("ResourceProperties") or {}).get(Property.IMPORT_ROLE_ARN)
        name = _NOT_IN_NAME.sub("-", f"{event['RequestType']}-{event['RequestId']}")
        return cls(arn if isinstance(arn, str) else None, event["StackId"], name[:_LONGEST_NAME])

    def assume(self, sts: Any) -> dict[str, str]:
        """Return credentials of the role (AssumeRole), as arguments of a boto3 client.

        Raises:
            AccessDenied: The role does not trust the worker or the stack, perhaps only not yet.
            RequestError: The request names no role.
        """
        if self.arn is None:
            raise RequestError(NO_IMPORT_ROLE)
        with calling("sts:AssumeRole", self.arn):
            found = sts.assume_role(
                RoleArn=self.arn, RoleSessionName=self.session_name, ExternalId=self.stack_id
            )["Credentials"]
        return {
            "aws_access_key_id": found["AccessKeyId"],
            "aws_secret_access_key": found["SecretAccessKey"],
            "aws_session_token": found["SessionToken"],
        }
