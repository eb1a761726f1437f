"""The staging bucket, and the source it is filled from: the only module that talks to S3."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .errors import AwsError, SourceError, aws_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self

    from .request import Source, StagedObject

_CHUNK = 1 << 20
_PART = 8 << 20
"""Bytes of one part of a multipart upload; S3 takes 10,000 parts of at least 5 MiB."""

log = logging.getLogger(__name__)

_MISSING = frozenset({"NoSuchKey", "NoSuchBucket", "NoSuchVersion", "404"})


class Staging:
    """Reads sources, writes and removes staged objects."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3

    def read_source(self, source: Source) -> Iterator[bytes]:
        """Open the user's CSV and return its bytes, in pieces.

        Raises:
            SourceError: it does not exist.
            AccessDenied: it may not be read, or (S3 does not tell) does not exist.
        """
        version = {"VersionId": source.version} if source.version else {}
        try:
            answer = self._s3.get_object(Bucket=source.bucket, Key=source.key, **version)
        except ClientError as error:
            where = f"s3://{source.bucket}/{source.key}" + (
                f" version {source.version}" if source.version else ""
            )
            refusal = aws_error(error, f"s3:GetObject of {where}")
            if refusal.code in _MISSING:
                raise SourceError(f"There is no {where}.") from error
            raise refusal from error
        chunks: Iterator[bytes] = answer["Body"].iter_chunks(_CHUNK)
        return chunks

    def write(self, staged: StagedObject) -> StagedWriter:
        """Return a writer for the staged object; it appears when the ``with`` block ends well."""
        return StagedWriter(self._s3, staged)

    def read(self, staged: StagedObject, offset: int, length: int) -> Iterator[bytes]:
        """Return a range of the staged object's bytes, in pieces."""
        try:
            answer = self._s3.get_object(
                Bucket=staged.bucket, Key=staged.key, Range=f"bytes={offset}-{offset + length - 1}"
            )
        except ClientError as error:
            raise aws_error(error, f"s3:GetObject of s3://{staged.bucket}/{staged.key}") from error
        chunks: Iterator[bytes] = answer["Body"].iter_chunks(_CHUNK)
        return chunks

    def remove(self, staged: StagedObject) -> None:
        """Remove the staged object, if it is there."""
        try:
            self._s3.delete_object(Bucket=staged.bucket, Key=staged.key)
        except ClientError as error:
            refusal = aws_error(error, f"s3:DeleteObject of s3://{staged.bucket}/{staged.key}")
            if refusal.code not in _MISSING:
                raise refusal from error


class StagedWriter:
    """Writes one object in parts, so that its size does not matter to the function's memory."""

    def __init__(self, s3: Any, staged: StagedObject) -> None:
        self._s3 = s3
        self._where = {"Bucket": staged.bucket, "Key": staged.key}
        self._buffer = bytearray()
        self._upload: dict[str, str] | None = None
        self._parts: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def write(self, data: bytes) -> None:
        """Append to the object."""
        self._buffer += data
        if len(self._buffer) >= _PART:
            self._send_part()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is not None:
            self._discard()
        elif self._upload is None:
            self._call("PutObject", "put_object", Body=bytes(self._buffer))
        else:
            if self._buffer:
                self._send_part()
            self._call(
                "PutObject",
                "complete_multipart_upload",
                **self._upload,
                MultipartUpload={"Parts": self._parts},
            )

    def _discard(self) -> None:
        """Give up what was written; what cannot be given up now, the bucket's lifecycle ends."""
        if self._upload is not None:
            try:
                self._call("AbortMultipartUpload", "abort_multipart_upload", **self._upload)
            except AwsError as error:
                log.warning("%s", error)

    def _send_part(self) -> None:
        if self._upload is None:
            started = self._call("PutObject", "create_multipart_upload")
            self._upload = {"UploadId": started["UploadId"]}
        number = len(self._parts) + 1
        part = self._call(
            "PutObject", "upload_part", **self._upload, PartNumber=number, Body=bytes(self._buffer)
        )
        self._parts.append({"PartNumber": number, "ETag": part["ETag"]})
        self._buffer.clear()

    def _call(self, action: str, method: str, **arguments: Any) -> Any:
        try:
            return getattr(self._s3, method)(**self._where, **arguments)
        except ClientError as error:
            where = f"s3://{self._where['Bucket']}/{self._where['Key']}"
            raise aws_error(error, f"s3:{action} of {where}") from error
