"""Calls that fail on request: by which names a call goes, and the error it is answered with."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from ..http_messages import JSON_TYPE, HttpRequest, HttpResponse, s3_error

if TYPE_CHECKING:
    from ..faults import CallFault

_MESSAGE = "A fault on request (local text)"
_FORM = "application/x-www-form-urlencoded"


def is_query(request: HttpRequest) -> bool:
    """Return whether the call's name is in its body, as with CloudFormation and IAM."""
    return request.headers.get("content-type", "").startswith(_FORM)


def names(request: HttpRequest) -> set[str]:
    """Return the names by which faults know the call."""
    found = {f"{request.method} {request.raw_path}"}
    target = request.headers.get("x-amz-target", "")
    if target:
        found.add(target.rpartition(".")[2])
    if is_query(request):
        found.update(parse_qs(request.body.decode(errors="replace")).get("Action", ()))
    return found


def error(fault: CallFault, request: HttpRequest) -> HttpResponse:
    """Return the fault's error in the protocol of the call, whose body is read."""
    if fault.in_entries:
        return _failed_entries(fault, request)
    if "x-amz-target" in request.headers:
        return HttpResponse(
            fault.status,
            {"Content-Type": JSON_TYPE, "x-amzn-errortype": fault.code},
            json.dumps({"__type": fault.code, "message": _MESSAGE}).encode(),
        )
    if is_query(request):
        whose = "Sender" if fault.status < 500 else "Receiver"  # noqa: PLR2004
        body = (
            f"<ErrorResponse><Error><Type>{whose}</Type><Code>{escape(fault.code)}</Code>"
            f"<Message>{_MESSAGE}</Message></Error><RequestId>{uuid.uuid4()}</RequestId>"
            "</ErrorResponse>"
        )
        return HttpResponse(fault.status, {"Content-Type": "text/xml"}, body.encode())
    return s3_error(fault.status, fault.code, _MESSAGE)


def _failed_entries(fault: CallFault, request: HttpRequest) -> HttpResponse:
    """Return a success whose entries have all failed (EventBridge API Reference, "PutEvents")."""
    entries = json.loads(request.body or b"{}").get("Entries", [])
    failed = [{"ErrorCode": fault.code, "ErrorMessage": _MESSAGE} for _ in entries]
    body = json.dumps({"FailedEntryCount": len(failed), "Entries": failed})
    return HttpResponse(200, {"Content-Type": JSON_TYPE}, body.encode())
