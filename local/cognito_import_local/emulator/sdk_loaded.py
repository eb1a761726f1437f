"""Loads the AWS SDK, in the process that processes of functions are forked from."""

from __future__ import annotations

import boto3

# A client, of whatever service, loads what boto3 leaves until it is needed. Functions make their
# own session: boto3 keeps none of this one, nor do they find credentials that are not theirs.
_CREDENTIALS = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
boto3.Session(region_name="us-east-1", **_CREDENTIALS).client("s3")
