"""The endpoint that takes uploads: the refusals of S3, the faults on request, the file."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING

from ..http_messages import HttpRequest, HttpResponse, s3_error
from ..service.upload_urls import BUCKET, UploadUrls
from .receiver import Receive, discard, store

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..faults import Faults
    from ..service.job_store import JobStore
    from ..settings import ImportSettings

PREFIX = f"/{BUCKET}/"


class ConnectionCutError(Exception):
    """The connection is to be closed without an answer."""


class UploadEndpoint:
    """Answers requests to upload URLs."""

    def __init__(
        self,
        urls: UploadUrls,
        jobs: JobStore,
        faults: Faults,
        settings: Callable[[], ImportSettings],
    ) -> None:
        self._urls = urls
        self._jobs = jobs
        self._faults = faults
        self._settings = settings

    async def answer(self, request: HttpRequest, receive: Receive) -> HttpResponse:
        """Answer an upload.

        Raises:
            ConnectionCutError: When a fault says so.
        """
        settings = self._settings()
        refusal = self._urls.refusal(request)
        if refusal is not None:
            await discard(receive)
            return refusal
        too_large = int(request.headers["content-length"]) > settings.bytes_per_file
        if too_large and settings.oversized_upload == "refuse":
            await discard(receive)
            message = "Your proposed upload exceeds the maximum allowed size"
            return s3_error(400, "EntityTooLarge", message)
        fault = self._faults.upload()
        how = None if fault is None else fault.how
        if how == "cut":
            raise ConnectionCutError
        if how == "refused":
            await discard(receive)
            return s3_error(503, "SlowDown", "Please reduce your request rate.")
        if fault is not None and how == "slow":
            await asyncio.sleep(fault.seconds)
        file = self._jobs.upload_file(request.raw_path.rsplit("/", 1)[-1])
        if file is None:
            await discard(receive)
        else:
            await store(receive, file)
        if how == "unanswered":
            raise ConnectionCutError
        return HttpResponse(
            200,
            {
                "ETag": f'"{uuid.uuid4().hex}"',
                "x-amz-server-side-encryption": "aws:kms",
                "x-amz-request-id": uuid.uuid4().hex[:16].upper(),
            },
        )
