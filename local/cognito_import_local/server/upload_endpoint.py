"""The endpoint that takes uploads: the refusals of S3, the faults on request, the file."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Final

from ..service.upload import BUCKET, UploadUrls
from .http import Answer, Request, s3_error
from .receiver import Receive, discard, store

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..service.job_store import JobRegister
    from ..service.settings import ImportSettings
    from .faults import Faults

PREFIX: Final = f"/{BUCKET}/"


class ConnectionCutError(Exception):
    """The connection is to be closed without an answer."""


class UploadEndpoint:
    """Answers requests to upload URLs."""

    def __init__(
        self,
        urls: UploadUrls,
        register: JobRegister,
        faults: Faults,
        settings: Callable[[], ImportSettings],
    ) -> None:
        self._urls = urls
        self._register = register
        self._faults = faults
        self._settings = settings

    async def answer(self, request: Request, receive: Receive) -> Answer:
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
        file = self._register.upload_file(request.raw_path.rsplit("/", 1)[-1])
        if file is None:
            await discard(receive)
        else:
            await store(receive, file)
        if how == "unanswered":
            raise ConnectionCutError
        return Answer(
            200,
            {
                "ETag": f'"{uuid.uuid4().hex}"',
                "x-amz-server-side-encryption": "aws:kms",
                "x-amz-request-id": uuid.uuid4().hex[:16].upper(),
            },
        )
