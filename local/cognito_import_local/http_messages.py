"""A request and its answer, as the front hands them to the service."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON_TYPE = "application/x-amz-json-1.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One HTTP request with its body."""

    method: str
    raw_path: str
    query_string: str
    raw_headers: tuple[tuple[bytes, bytes], ...]
    client: str
    body: bytes = b""
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers by lower-case name."""
        return {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in self.raw_headers
        }


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One HTTP answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def json_response(data: Any, request_id: str, status: int = 200) -> HttpResponse:
    """Return a JSON 1.1 answer, as Cognito sends it."""
    return HttpResponse(
        status,
        {"Content-Type": JSON_TYPE, "x-amzn-requestid": request_id},
        json.dumps(data).encode(),
    )


def s3_error(status: int, code: str, message: str, **details: str) -> HttpResponse:
    """Return an XML error, as S3 sends it."""
    request_id = uuid.uuid4().hex[:16].upper()
    parts = {"Code": code, "Message": message, **details, "RequestId": request_id}
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parts.items())
    return HttpResponse(
        status,
        {"Content-Type": "application/xml", "x-amz-request-id": request_id},
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'.encode(),
    )
