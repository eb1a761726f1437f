"""S3's response for a missing object: 404 to callers that may list the bucket, else 403.

AWS (S3 API Reference, GetObject and HeadObject): "If the object that you request doesn't exist, the
error that Amazon S3 returns depends on whether you also have the s3:ListBucket permission." Of a
copy's source the same (assumed). Whether a condition on `s3:prefix` counts is not said: here the
request has no `s3:prefix`, so that a right with such a condition does not help.

MiniStack responds 404 to every caller that may read. Used: `s3._dispatch`, `_request_access_key`,
`_error`.

Setting: none; always on.
"""

from __future__ import annotations

import importlib
from typing import Any
from urllib.parse import unquote

from . import rights
from .scope import current_scope

_MISSING = b"<Code>NoSuchKey</Code>"


def patch() -> None:
    """Patch S3, once it has been imported."""
    module: Any = importlib.import_module("ministack.services.s3")
    dispatch = module._dispatch

    def dispatch_and_hide(*request: Any) -> Any:
        method, bucket, key, headers, body, query_params = request
        answer = dispatch(*request)
        if not key or answer[0] != 404 or _MISSING not in answer[2]:  # noqa: PLR2004
            return answer
        source = headers.get("x-amz-copy-source")
        if source is not None:
            bucket = unquote(source.partition("?")[0]).lstrip("/").partition("/")[0]
        denied = rights.caller_denial(
            current_scope(),
            module._request_access_key(method, key, headers, query_params, body),
            action="s3:ListBucket",
            resource=f"arn:aws:s3:::{bucket}",
        )
        if denied is None:
            return answer
        return module._error("AccessDenied", denied, 403, f"/{bucket}/{key}")

    module._dispatch = dispatch_and_hide
