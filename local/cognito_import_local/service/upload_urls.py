"""The presigned upload URL: made at Create, judged as S3 judges it (facts §2.4).

`PUT` only, with `Content-Length` and `x-amz-server-side-encryption: aws:kms`, for 15
minutes. The bucket is Amazon's own, and so is the key that signs; here both are made up
when the server starts.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

from ..http_messages import HttpRequest, HttpResponse, s3_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clock import Clock
    from .import_job import ImportJob

BUCKET = "aws-cognito-idp-user-import-local"
_ALGORITHM = "AWS4-HMAC-SHA256"
_STAMP = "%Y%m%dT%H%M%SZ"
_SIGNED = ("host", "x-amz-server-side-encryption")
_ENCRYPTION = "aws:kms"
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your key and signing method."
)


class UploadUrls:
    """Makes upload URLs and judges requests to them."""

    def __init__(self, authority: str, clock: Clock) -> None:
        self._authority = authority
        self._clock = clock
        self._access_key = "ASIA" + secrets.token_hex(8).upper()
        self._secret = secrets.token_urlsafe(30)
        self._token = secrets.token_urlsafe(120)

    def url(self, job: ImportJob, seconds: int) -> str:
        """Return a URL to which the job's CSV can be put for some seconds."""
        now = dt.datetime.fromtimestamp(self._clock.now(), dt.UTC)
        path = f"/{BUCKET}/{job.account}/{job.pool_id}/{job.job_id}"
        credential = f"{self._access_key}/{now:%Y%m%d}/{job.region}/s3/aws4_request"
        query = {
            "X-Amz-Algorithm": _ALGORITHM,
            "X-Amz-Credential": credential,
            "X-Amz-Date": now.strftime(_STAMP),
            "X-Amz-Expires": str(seconds),
            "X-Amz-Security-Token": self._token,
            "X-Amz-SignedHeaders": ";".join(_SIGNED),
        }
        headers = {"host": self._authority, "x-amz-server-side-encryption": _ENCRYPTION}
        query["X-Amz-Signature"] = self._signature("PUT", path, query, headers)
        return f"http://{self._authority}{path}?{_encoded(query)}"

    def refusal(self, request: HttpRequest) -> HttpResponse | None:
        """Return why S3 would refuse the request, or None when it would not."""
        query = dict(parse_qsl(request.query_string, keep_blank_values=True))
        signature = query.pop("X-Amz-Signature", "")
        if not signature:
            return s3_error(403, "AccessDenied", "Access Denied")
        headers = request.headers
        refused = s3_error(403, "SignatureDoesNotMatch", _MISMATCH)
        try:
            signed_at = dt.datetime.strptime(query["X-Amz-Date"], _STAMP).replace(tzinfo=dt.UTC)
            expires = signed_at + dt.timedelta(seconds=int(query["X-Amz-Expires"]))
            expected = self._signature(request.method, request.raw_path, query, headers)
        except (KeyError, ValueError):
            return refused
        now = dt.datetime.fromtimestamp(self._clock.now(), dt.UTC)
        if now > expires:
            return s3_error(
                403,
                "AccessDenied",
                "Request has expired",
                **{"X-Amz-Expires": query["X-Amz-Expires"]},
                Expires=expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
                ServerTime=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            )
        if not hmac.compare_digest(expected, signature):
            return refused
        if "transfer-encoding" in headers:
            message = "A header you provided implies functionality that is not implemented"
            return s3_error(501, "NotImplemented", message, Header="Transfer-Encoding")
        if not headers.get("content-length", "").isdigit():
            message = "You must provide the Content-Length HTTP header."
            return s3_error(411, "MissingContentLength", message)
        return None

    def _signature(
        self, method: str, path: str, query: dict[str, str], headers: Mapping[str, str]
    ) -> str:
        """Sign as Signature Version 4 signs a query, with the headers that must be there."""
        signed = "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in _SIGNED)
        canonical = "\n".join(
            (method, path, _encoded(query), signed, ";".join(_SIGNED), "UNSIGNED-PAYLOAD")
        )
        day = query["X-Amz-Date"][:8]
        region = query["X-Amz-Credential"].split("/")[2]
        scope = f"{day}/{region}/s3/aws4_request"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        text = "\n".join((_ALGORITHM, query["X-Amz-Date"], scope, digest))
        key = f"AWS4{self._secret}".encode()
        for part in (day, region, "s3", "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.digest(key, text.encode(), "sha256").hex()


def _encoded(query: dict[str, str]) -> str:
    return "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(query.items())
    )
