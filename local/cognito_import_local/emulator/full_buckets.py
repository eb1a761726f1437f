"""CloudFormation does not delete a bucket that has objects.

AWS: the deletion fails with "The bucket you tried to delete is not empty".

MiniStack deletes the objects (a stack of one bucket with one object in it, DeleteStack:
DELETE_COMPLETE). Used: `provisioners._RESOURCE_HANDLERS`; `s3._buckets`, `_bucket_has_versions`.

Setting: none; always on.
"""

from __future__ import annotations

import importlib
from typing import Any


def patch_cloudformation(provisioners: Any) -> None:
    """Check buckets before they are deleted."""
    s3: Any = importlib.import_module("ministack.services.s3")
    handler = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    delete = handler["delete"]

    def delete_if_empty(physical_id: str, *rest: Any) -> Any:
        record = s3._buckets.get(physical_id)
        if record and (record["objects"] or s3._bucket_has_versions(physical_id)):
            raise ValueError("The bucket you tried to delete is not empty")
        return delete(physical_id, *rest)

    handler["delete"] = delete_if_empty
