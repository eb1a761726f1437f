"""The key of a bucket: S3 uses it with the rights of its caller.

AWS (S3 User Guide, "Using server-side encryption with AWS KMS keys"; S3 API Reference,
UploadPart): PutObject and CreateMultipartUpload need `kms:GenerateDataKey`, the parts of a
multipart upload and GetObject `kms:Decrypt`; HeadObject only where it asks for checksums. The
encryption context is `aws:s3:arn`: the bucket's ARN where it has an S3 Bucket Key, else the
object's. Denied is the request with AccessDenied, whose text names action and key. That completing
an upload needs `kms:Decrypt` too is read from "S3 must decrypt and read data from the encrypted
file parts before it completes the multipart upload". The key policy counts; the AWS managed key
`aws/s3` is open to every principal.

MiniStack keeps the key's id, checks no rights, refuses `aws:kms` without a key's id (at AWS it
means `aws/s3`; the CDK CLI sends it), and its CloudFormation drops `BucketEncryption`. Whether
a bucket has an S3 Bucket Key is asked when an object is read, not when it was written. Used:
`s3._dispatch`, `_request_access_key`, `_resolve_sse_write_headers`, `_multipart_uploads`,
`_bucket_encryption`, `_put_bucket_encryption`, `_delete_bucket_encryption`, `_error`;
`provisioners._S3_BUCKET_CONFIGURATIONS`.

Setting: none; always on.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

from . import rights
from .scope import current_scope

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALGORITHM_HEADER = "x-amz-server-side-encryption"
_KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"
_WRITES_NO_OBJECT = frozenset(
    {"acl", "annotation", "legal-hold", "restore", "retention", "tagging"}
)
_READ = frozenset({200, 206})


def patch() -> None:
    """Patch S3, once it has been imported."""
    module: Any = importlib.import_module("ministack.services.s3")
    dispatch, resolve = module._dispatch, module._resolve_sse_write_headers

    def resolve_with_managed_key(headers: Any, bucket: str) -> Any:
        if headers.get(_ALGORITHM_HEADER) == "aws:kms" and not headers.get(_KEY_HEADER):
            scope = current_scope()
            managed = f"arn:aws:kms:{scope.region}:{scope.account}:alias/aws/s3"
            headers = {**headers, _KEY_HEADER: managed}
        return resolve(headers, bucket)

    def dispatch_if_allowed(*request: Any) -> Any:
        method, bucket, key, headers, body, query_params = request
        access_key = module._request_access_key(method, key, headers, query_params, body)
        ask = _Ask(module, access_key)
        if key and method in {"PUT", "POST"} and not _WRITES_NO_OBJECT & set(query_params):
            denied = ask.write_denial(bucket, key, headers, query_params)
            if denied is not None:
                return module._error("AccessDenied", denied, 403, f"/{bucket}/{key}")
        answer = dispatch(*request)
        if key and answer[0] in _READ and _reads(method, headers):
            denied = ask.denial("kms:Decrypt", answer[1].get(_KEY_HEADER), bucket, key)
            if denied is not None:
                return module._error("AccessDenied", denied, 403, f"/{bucket}/{key}")
        return answer

    module._dispatch = dispatch_if_allowed
    module._resolve_sse_write_headers = resolve_with_managed_key


def patch_cloudformation(provisioners: Any) -> None:
    """Let CloudFormation keep `BucketEncryption`."""
    module: Any = importlib.import_module("ministack.services.s3")
    provisioners._S3_BUCKET_CONFIGURATIONS += (
        (
            "BucketEncryption",
            _encryption_xml,
            module._put_bucket_encryption,
            module._delete_bucket_encryption,
        ),
    )


def _encryption_xml(properties: Mapping[str, Any]) -> bytes:
    rules = []
    for rule in properties.get("ServerSideEncryptionConfiguration") or ():
        default = rule.get("ServerSideEncryptionByDefault") or {}
        fields = "".join(
            f"<{name}>{escape(str(default[name]))}</{name}>"
            for name in ("SSEAlgorithm", "KMSMasterKeyID")
            if default.get(name)
        )
        bucket_key = str(rule.get("BucketKeyEnabled", False)).lower()
        rules.append(
            f"<Rule><ApplyServerSideEncryptionByDefault>{fields}"
            "</ApplyServerSideEncryptionByDefault>"
            f"<BucketKeyEnabled>{bucket_key}</BucketKeyEnabled></Rule>"
        )
    joined = "".join(rules)
    space = "http://s3.amazonaws.com/doc/2006-03-01/"
    return (
        f'<ServerSideEncryptionConfiguration xmlns="{space}">{joined}'
        "</ServerSideEncryptionConfiguration>"
    ).encode()


def _reads(method: str, headers: Mapping[str, str]) -> bool:
    return method == "GET" or (
        method == "HEAD" and headers.get("x-amz-checksum-mode", "").upper() == "ENABLED"
    )


class _Ask:
    """What the caller of one request may do with keys."""

    def __init__(self, module: Any, access_key: str) -> None:
        self._module = module
        self._access_key = access_key

    def denial(self, action: str, key_id: str | None, bucket: str, key: str) -> str | None:
        record = key_id and rights.key_of(key_id)
        if not record:
            return None
        scope = current_scope()
        arn = f"arn:aws:s3:::{bucket}"
        keys = {
            "kms:viaservice": f"s3.{scope.region}.amazonaws.com",
            "kms:encryptioncontext:aws:s3:arn": (
                arn if self._has_bucket_key(bucket) else f"{arn}/{key}"
            ),
        }
        return rights.caller_denial(
            scope, self._access_key, action=action, resource=record["Arn"], keys=keys
        )

    def _has_bucket_key(self, bucket: str) -> bool:
        text = self._module._bucket_encryption.get(bucket) or ""
        return "<BucketKeyEnabled>true<" in "".join(text.split())

    def write_denial(
        self, bucket: str, key: str, headers: Mapping[str, str], query_params: Any
    ) -> str | None:
        source = headers.get("x-amz-copy-source")
        if source is not None and (denied := self._source_denial(source)) is not None:
            return denied
        if "uploadId" in query_params:
            (upload_id, *_) = query_params["uploadId"]
            upload = self._module._multipart_uploads.get(upload_id) or {}
            key_id = (upload.get("preserved_headers") or {}).get(_KEY_HEADER)
            return self.denial("kms:Decrypt", key_id, bucket, key)
        stored, _ = self._module._resolve_sse_write_headers(headers, bucket)
        return self.denial("kms:GenerateDataKey", (stored or {}).get(_KEY_HEADER), bucket, key)

    def _source_denial(self, source: str) -> str | None:
        path, _, _ = source.partition("?")
        bucket, _, key = unquote(path).lstrip("/").partition("/")
        record = (self._module._buckets.get(bucket) or {"objects": {}})["objects"].get(key) or {}
        key_id = (record.get("preserved_headers") or {}).get(_KEY_HEADER)
        return self.denial("kms:Decrypt", key_id, bucket, key)
