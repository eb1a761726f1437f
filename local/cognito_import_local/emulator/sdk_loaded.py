"""Loads the AWS SDK, in the process that processes of functions are forked from.

The clock comes first: modules that take a function of `time` when they are loaded take ours.
"""

from __future__ import annotations

import functools
import gc

from ..service.time_scale import TimeScale

TimeScale.of_environment().set_process_clock()

import boto3  # noqa: E402
import botocore.session  # noqa: E402

# A session reads megabytes of JSON about a service before it has a client, most of what a function
# that has just started computes. Here all sessions share what was read: the SDK changes none of it.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)

# A client, of whatever service, loads what boto3 leaves until it is needed. Functions make their
# own session: boto3 keeps none of this one, nor do they find credentials that are not theirs.
_CREDENTIALS = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
_SESSION = boto3.Session(region_name="us-east-1", **_CREDENTIALS)
for _service in ("cloudformation", "cognito-idp", "logs", "s3", "stepfunctions"):
    _SESSION.client(_service)
del _SESSION

# What is never collected is never written to, and stays shared with the processes.
gc.collect()
gc.freeze()
