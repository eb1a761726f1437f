"""Who calls, and may they: the checks MiniStack makes in `app._dispatch_service_request`.

They are made here once more because the six operations never reach MiniStack. Used:
`iam_evaluator.pin_signed_request`, `pin_signed_body`, `enforce`; `app._credential_failure`.
All of them keep the request in context variables: call from one context per request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from ministack import app as ministack_app
from ministack.core import iam_actions, iam_evaluator, responses, router

from ..http_messages import HttpRequest, HttpResponse, json_response
from ..service.cloud import UnauthenticatedError
from ..service.service_error import ErrorCode, ServiceError
from .scope import current_scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..service.scope import Scope

_SERVICE = "cognito-idp"


def _unknown_key(request: HttpRequest) -> HttpResponse:
    message = "The security token included in the request is invalid."
    data = {"__type": "UnrecognizedClientException", "message": message}
    return json_response(data, request.request_id, status=400)


@dataclass(frozen=True, slots=True)
class SignedCaller:
    """The caller of one request."""

    access_key: str
    scope: Scope
    request: HttpRequest

    @classmethod
    def of(cls, request: HttpRequest) -> SignedCaller:
        """Pin a request for its checks and return its caller, not yet checked."""
        query = parse_qs(request.query_string, keep_blank_values=True)
        headers = dict(request.headers)
        access_key = router.extract_access_key_id(headers, query)
        try:
            owner = iam_evaluator.find_iam_access_key_account(access_key) if access_key else None
        except iam_evaluator.AmbiguousAccessKeyError:
            raise UnauthenticatedError(_unknown_key(request)) from None
        responses.set_request_account_id(owner or access_key)
        responses.set_request_region(router.extract_region(headers, query))
        iam_evaluator.pin_request_origin(request.client, secure_transport=True)
        iam_evaluator.pin_signed_request(
            request.method, request.raw_path, query, list(request.raw_headers)
        )
        iam_evaluator.pin_signed_body(request.body)
        return cls(access_key, current_scope(), request)

    def require(self, action: str, resource: str, context: Mapping[str, Any] | None = None) -> None:
        """Check the signature and that the caller's policies allow an action.

        Raises:
            ServiceError: When no policy allows it, or one denies it.
            UnauthenticatedError: When the credentials or the signature are not valid.
        """
        denied = iam_evaluator.enforce(
            self.access_key,
            action,
            _SERVICE,
            self.scope.region,
            resource_arn=resource,
            service_context=dict(context or {}),
        )
        if denied is None:
            return
        if isinstance(denied, iam_evaluator.AuthError):
            status, headers, body = ministack_app._credential_failure(
                _SERVICE, action, self.request.request_id, denied, dict(self.request.headers)
            )
            raise UnauthenticatedError(HttpResponse(status, headers, body))
        raise ServiceError(
            ErrorCode.ACCESS_DENIED,
            iam_actions.identity_denial_message(
                action, denied.principal_arn, resource, denied.decision == "Deny"
            ),
        )
