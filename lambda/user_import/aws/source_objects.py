"""The objects of a source that is a prefix: listed once, and read as they were then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ..contract import MOST_SOURCE_OBJECTS
from ..errors import AwsError, SourceError, calling
from ..messages import source_objects as messages
from ..messages.aws import source_missing
from ..text import one_line
from .s3 import MISSING, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAGE = 1000
"""The most keys of one answer of ListObjectsV2 (API Reference, "ListObjectsV2")."""


class SourceObject(NamedTuple):
    """One object, as it was when it was listed.

    Attributes:
        key: Its key.
        etag: Its ETag, which changes with its content.
    """

    key: str
    etag: str


class SourceObjects:
    """Lists and reads the objects of a prefix."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3

    def list(self, bucket: str, prefix: str) -> list[SourceObject]:
        """Return the objects of a prefix, in the order of their keys in UTF-8.

        The empty objects with which the S3 console shows folders are not among them.

        Raises:
            SourceError: There is no object, an object is empty, there are too many, or the bucket
                does not exist.
            AccessDenied: The prefix may not be listed.
        """
        where = _address(bucket, prefix)
        found: list[SourceObject] = []
        empty: list[str] = []
        for each in self._listed(bucket, prefix):
            key = each["Key"]
            if each["Size"]:
                found.append(SourceObject(key, each["ETag"]))
            elif not key.endswith("/"):
                empty.append(key)
            if len(found) > MOST_SOURCE_OBJECTS:
                raise SourceError(messages.too_many_objects(where, MOST_SOURCE_OBJECTS))
        if empty:
            first = min(empty, key=str.encode)
            raise SourceError(messages.empty_objects(_address(bucket, first), len(empty) - 1))
        if not found:
            raise SourceError(messages.no_objects(where))
        return sorted(found, key=lambda each: each.key.encode())

    def _listed(self, bucket: str, prefix: str) -> Iterator[dict[str, Any]]:
        where = _address(bucket, prefix)
        more: dict[str, str] = {}
        while True:
            try:
                with calling("s3:ListBucket", where):
                    page = self._s3.list_objects_v2(
                        Bucket=bucket, Prefix=prefix, MaxKeys=_PAGE, **more
                    )
            except AwsError as error:
                if error.code in MISSING:
                    raise SourceError(source_missing(f"bucket {bucket}")) from error
                raise
            yield from page.get("Contents", ())
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def read(self, bucket: str, wanted: SourceObject) -> Iterator[bytes]:
        """Return the bytes of an object, in pieces; S3 is called for the first of them.

        Raises:
            SourceError: The object has changed, or was deleted, since it was listed.
            AccessDenied: The object may not be read.
        """
        where = _address(bucket, wanted.key)
        try:
            with calling("s3:GetObject", where):
                answer = self._s3.get_object(Bucket=bucket, Key=wanted.key, IfMatch=wanted.etag)
        except AwsError as error:
            if error.code in MISSING:
                raise SourceError(messages.object_deleted(where)) from error
            if error.code == "PreconditionFailed":
                raise SourceError(messages.object_changed(where)) from error
            raise
        body = answer["Body"]
        try:
            if answer["ETag"] != wanted.etag:
                raise SourceError(messages.object_changed(where))
            yield from pieces(body, where)
        finally:
            body.close()


def _address(bucket: str, key: str) -> str:
    return one_line(f"s3://{bucket}/{key}")
