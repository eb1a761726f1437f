"""The key of a secret: Secrets Manager uses it with the rights of its caller.

AWS (Secrets Manager User Guide, "Secret encryption and decryption"): GetSecretValue of a secret
with a customer managed key needs `kms:Decrypt`; the encryption context is `SecretARN` and
`SecretVersionId`, and `kms:ViaService` is Secrets Manager. The key policy counts. A denial is
AccessDeniedException, reported with the text "Access to KMS is not allowed". The AWS managed key
`aws/secretsmanager` is open to every principal.

The condition keys `secretsmanager:VersionId` and `secretsmanager:VersionStage` are those of the
request (Service Authorization Reference).

MiniStack checks the right to the secret, its policy included, and none to the key; it does not send
the two condition keys. Whether AWS sends a VersionStage where the request has none is open: here it
is not sent. Creating and changing secrets needs no right to the key here. Used: in `secretsmanager`
`_get_secret_value` and `_resolve`; `iam_actions.request_tag_context`, whose answer is in the
context of every request.

Setting: none; always on.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack.core import iam_actions, responses

from . import rights
from .root_calls import signing_key
from .scope import current_scope

if TYPE_CHECKING:
    from collections.abc import Callable

_OK = 200
_DENIED = "Access to KMS is not allowed"
_SERVICE = "secretsmanager"
_READ = "secretsmanager:GetSecretValue"
_KEYS = ("VersionId", "VersionStage")


def patch(module: Any) -> None:
    """Patch Secrets Manager, once it has been imported."""
    module._get_secret_value = _checked(module._get_secret_value, module)


def patch_context() -> None:
    """Send the version that a request asks for, as condition keys."""
    context = iam_actions.request_tag_context

    def context_with_version(service: str, action: str, body: bytes, params: Any) -> Any:
        found = context(service, action, body, params)
        if action != _READ:
            return found
        given = json.loads(body or b"{}")
        return {**found, **{f"{_SERVICE}:{key}": given[key] for key in _KEYS if key in given}}

    iam_actions.request_tag_context = context_with_version


def _checked(get: Callable[[Any], Any], module: Any) -> Callable[[Any], Any]:
    def call(data: dict[str, Any]) -> Any:
        answer = get(data)
        access_key = signing_key()
        if answer[0] != _OK or not access_key:
            return answer
        found = json.loads(answer[2])
        _, secret = module._resolve(found["ARN"])
        key = secret and secret.get("KmsKeyId") and rights.key_of(secret["KmsKeyId"])
        if not key:
            return answer
        scope = current_scope()
        denied = rights.caller_denial(
            scope,
            access_key,
            action="kms:Decrypt",
            resource=key["Arn"],
            keys={
                "kms:viaservice": f"{_SERVICE}.{scope.region}.amazonaws.com",
                "kms:encryptioncontext:secretarn": found["ARN"],
                "kms:encryptioncontext:secretversionid": found["VersionId"],
            },
        )
        if denied is None:
            return answer
        return responses.error_response_json("AccessDeniedException", _DENIED, 400)

    return call
