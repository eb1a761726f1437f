"""Probes of Amazon S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..bench import is_allowed
from .probe import probe
from .roles import assumed

if TYPE_CHECKING:
    from ..bench import Bench


@probe("S3-1", "S3-2", "S3-5")
def missing_objects(bench: Bench) -> None:
    """Ask for objects that do not exist, with and without the right to list."""
    bucket = bench.outputs["Bucket"]
    lists = assumed(bench, "CallerThatLists").client("s3")
    reads = assumed(bench, "CallerThatReads").client("s3")
    key = "folder/missing"
    bench.seconds_until(lambda: is_allowed(lists.list_objects_v2, Bucket=bucket, Prefix="folder/"))
    outside = is_allowed(lists.list_objects_v2, Bucket=bucket, Prefix="other/")
    bench.findings.answer(
        "S3-5",
        "the right to list depends on the prefix" if not outside else "the prefix has no effect",
        as_assumed=not outside,
    )
    by_prefix = bench.refusal("head_object", lambda: lists.head_object(Bucket=bucket, Key=key))
    without = bench.refusal("head_object", lambda: reads.head_object(Bucket=bucket, Key=key))
    bench.findings.answer(
        "S3-1",
        f"HeadObject says {by_prefix} with the right to list a prefix, {without} without",
        as_assumed=without == "403",
    )
    s3 = bench.account.client("s3")
    missing_key = bench.refusal("missing_key", lambda: s3.get_object(Bucket=bucket, Key=key))
    missing_bucket = bench.refusal(
        "missing_bucket", lambda: s3.get_object(Bucket=f"{bucket}-missing", Key=key)
    )
    bench.findings.answer(
        "S3-2",
        f"{missing_key}, {missing_bucket}",
        as_assumed=(missing_key, missing_bucket) == ("NoSuchKey", "NoSuchBucket"),
    )
