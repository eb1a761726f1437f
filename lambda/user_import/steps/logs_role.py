"""The look at a logs role that the app does not create."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ..contract import IMPORT_PRINCIPAL, may_trust
from ..errors import AwsError, RequestError
from ..messages import steps as messages

if TYPE_CHECKING:
    from ..aws.services import Services
    from .import_request import ImportRequest

log = logging.getLogger(__name__)


def check_logs_role(request: ImportRequest, services: Services) -> None:
    """Look at a logs role that the app does not create, once.

    Cognito does not say that it cannot use the role. Without an answer of IAM, as from a VPC or
    under a permissions boundary, that is found out by the start of the first job.

    Raises:
        RequestError: The role is of another account, does not exist, or does not trust Cognito.
    """
    theirs, ours = request.logs_role_arn.split(":")[4], request.stack_id.split(":")[4]
    if theirs != ours:
        raise RequestError(messages.logs_role_elsewhere(request.logs_role_arn, ours))
    try:
        trust = services.roles.trust_policy(request.logs_role_arn)
    except AwsError as error:
        if error.code == "NoSuchEntity":
            raise RequestError(messages.logs_role_missing(request.logs_role_arn)) from error
        log.info("whether Cognito can use the logs role is not known: %s", error)
        return
    if not may_trust(trust, IMPORT_PRINCIPAL):
        raise RequestError(messages.logs_role_untrusting(request.logs_role_arn))
