"""The staging bucket and the source: the only module that calls S3."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import AccessDenied, AwsError, SourceError, calling
from ..messages.aws import source_missing, staged_changed
from ..text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType
    from typing import Self

_CHUNK = 1 << 18
"""Bytes per read: for much more, memory would have to be mapped each time."""
_PART = 8 << 20
"""Bytes of one part of a multipart upload; S3 takes 10,000 parts of at least 5 MiB."""

log = logging.getLogger(__name__)

_MISSING = frozenset({"NoSuchKey", "NoSuchBucket", "NoSuchVersion", "404"})


class Source(NamedTuple):
    """The user's CSV in S3.

    Attributes:
        bucket: The bucket.
        key: The object's key.
        version: The object's version; None reads the latest.
        name: The name of the file in messages.
        content_hash: The asset's hash; None where the object is not an asset.
    """

    bucket: str
    key: str
    version: str | None
    name: str
    content_hash: str | None = None

    @property
    def pinned(self) -> bool:
        """Whether the content is the same for every request with the same properties."""
        return self.content_hash is not None or self.version is not None


class StagedObject(NamedTuple):
    """An object in the staging bucket."""

    bucket: str
    key: str


class Staging:
    """Reads sources; writes, reads and removes staged objects.

    An import has one staged object. The request that works on it claims it in the object's
    metadata, so that a request can see that another one has superseded it.
    """

    def __init__(self, s3: Any) -> None:
        self._s3 = s3

    def read_source(self, source: Source) -> Iterator[bytes]:
        """Open the user's CSV and return its bytes, in pieces.

        Raises:
            SourceError: The object, its version or its bucket does not exist.
            AccessDenied: The object may not be read, or does not exist: S3 may not distinguish.
        """
        version = {"VersionId": source.version} if source.version else {}
        where = one_line(
            f"s3://{source.bucket}/{source.key}"
            + (f" version {source.version}" if source.version else "")
        )
        try:
            with calling("s3:GetObject", where):
                answer = self._s3.get_object(Bucket=source.bucket, Key=source.key, **version)
        except AwsError as error:
            if error.code in _MISSING:
                missing = f"bucket {source.bucket}" if error.code == "NoSuchBucket" else where
                raise SourceError(source_missing(missing)) from error
            raise
        return _pieces(answer["Body"], where)

    def claim_of(self, staged: StagedObject) -> Claim | None:
        """Return the claim on the staged object; None where it does not exist."""
        return Claim.from_metadata(self.notes_on(staged))

    def notes_on(self, staged: StagedObject) -> dict[str, str]:
        """Return the metadata of an object; none where it does not exist."""
        try:
            with calling("s3:GetObject", _address(staged)):
                answer = self._s3.head_object(Bucket=staged.bucket, Key=staged.key)
        except AccessDenied:
            if self._is_listed(staged):
                raise
            return {}
        except AwsError as error:
            if error.code in _MISSING:
                return {}
            raise
        notes: dict[str, str] = answer.get("Metadata", {})
        return notes

    def _is_listed(self, staged: StagedObject) -> bool:
        """Return whether an object exists whose HeadObject was denied.

        The right to list is for the import's own folder only. It is not documented whether S3 then
        answers 404 or 403 for a missing object (docs/unproven.md).
        """
        with calling("s3:ListBucket", _address(staged)):
            page = self._s3.list_objects_v2(Bucket=staged.bucket, Prefix=staged.key, MaxKeys=1)
        return any(each["Key"] == staged.key for each in page.get("Contents", ()))

    def claim(self, staged: StagedObject, claim: Claim) -> None:
        """Claim the staged object, whichever request had claimed it before."""
        with self.write(staged, claim):
            pass

    def write(
        self, staged: StagedObject, claim: Claim, notes: Mapping[str, str] | None = None
    ) -> StagedWriter:
        """Return a writer of the object, which exists once the `with` block has succeeded."""
        return StagedWriter(self._s3, staged, {**claim.to_metadata(), **(notes or {})})

    def read(self, staged: StagedObject, offset: int, length: int) -> Iterator[bytes]:
        """Return a range of the staged object's bytes, in pieces."""
        with calling("s3:GetObject", _address(staged)):
            answer = self._s3.get_object(
                Bucket=staged.bucket, Key=staged.key, Range=f"bytes={offset}-{offset + length - 1}"
            )
        if answer["ContentLength"] != length:  # Cognito would wait for the rest.
            raise SourceError(staged_changed(_address(staged)))
        return _pieces(answer["Body"], _address(staged))

    def load(self, staged: StagedObject) -> bytes | None:
        """Return a small object; None where it does not exist."""
        try:
            with calling("s3:GetObject", _address(staged)):
                answer = self._s3.get_object(Bucket=staged.bucket, Key=staged.key)
        except AccessDenied:
            if self._is_listed(staged):
                raise
            return None
        except AwsError as error:
            if error.code in _MISSING:
                return None
            raise
        return b"".join(_pieces(answer["Body"], _address(staged)))

    def save(self, staged: StagedObject, content: bytes) -> None:
        """Write a small object, whatever it was before."""
        with StagedWriter(self._s3, staged, {}) as writer:
            writer.write(content)

    def remove(self, staged: StagedObject) -> None:
        """Delete an object if it exists; where that fails, the bucket's lifecycle rule does it."""
        try:
            with calling("s3:DeleteObject", _address(staged)):
                self._s3.delete_object(Bucket=staged.bucket, Key=staged.key)
        except AwsError as error:
            if error.code not in _MISSING:
                log.warning("the staged object was not deleted: %s", error)


class Claim(NamedTuple):
    """The request that works on a staged object.

    Attributes:
        request_id: The digest of the request.
        started_at: The start of the request's execution, in epoch seconds.
        user_pool_id: The user pool of the request; None for a claim of an earlier version.
    """

    request_id: str
    started_at: float
    user_pool_id: str | None = None

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> Claim | None:
        """Read the claim from an object's metadata."""
        try:
            return cls(
                metadata["request-id"], float(metadata["started-at"]), metadata.get("user-pool")
            )
        except (KeyError, ValueError):
            return None

    def to_metadata(self) -> dict[str, str]:
        """Write the claim as an object's metadata."""
        pool = {} if self.user_pool_id is None else {"user-pool": self.user_pool_id}
        return {"request-id": self.request_id, "started-at": repr(self.started_at), **pool}


class StagedWriter:
    """Writes one object in parts, so that its size does not matter to the function's memory."""

    def __init__(self, s3: Any, staged: StagedObject, metadata: Mapping[str, str]) -> None:
        self._s3 = s3
        self._address = _address(staged)
        self._metadata = dict(metadata)
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
            self.discard()
        else:
            self.close()

    def close(self) -> None:
        """Complete the object."""
        if self._upload is None:
            self._call("PutObject", "put_object", Body=bytes(self._buffer), Metadata=self._metadata)
            return
        try:
            self._complete()
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Cancel the upload; where that fails, the bucket's lifecycle rule does it."""
        if self._upload is not None:
            try:
                self._call("AbortMultipartUpload", "abort_multipart_upload", **self._upload)
            except AwsError as error:
                log.warning("%s", error)

    def _complete(self) -> None:
        if self._buffer:
            self._send_part()
        self._call(
            "PutObject",
            "complete_multipart_upload",
            **self._upload or {},
            MultipartUpload={"Parts": self._parts},
        )

    def _send_part(self) -> None:
        if self._upload is None:
            started = self._call("PutObject", "create_multipart_upload", Metadata=self._metadata)
            self._upload = {"UploadId": started["UploadId"]}
        number = len(self._parts) + 1
        part = self._call(
            "PutObject", "upload_part", **self._upload, PartNumber=number, Body=bytes(self._buffer)
        )
        self._parts.append({"PartNumber": number, "ETag": part["ETag"]})
        self._buffer.clear()

    def _call(self, action: str, method: str, **arguments: Any) -> Any:
        with calling(f"s3:{action}", self._address):
            return getattr(self._s3, method)(**self._where, **arguments)


def _pieces(body: Any, address: str) -> Iterator[bytes]:
    """Yield the body in pieces; the connection may still break."""
    with calling("s3:GetObject", address):
        yield from body.iter_chunks(_CHUNK)


def _address(staged: StagedObject) -> str:
    return one_line(f"s3://{staged.bucket}/{staged.key}")
