"""The upload URL of a job, used with plain HTTP."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from helpers.import_world import (
    World,
    put,
)

if TYPE_CHECKING:
    pass


@pytest.mark.parametrize("encryption", [None, "AES256"])
def test_an_upload_without_the_signed_header_is_refused(
    world: World, encryption: str | None
) -> None:
    status, text = put(world.create()["PreSignedUrl"], b"data", encryption=encryption)

    assert status == 403
    assert "<Code>SignatureDoesNotMatch</Code>" in text


def test_an_upload_url_is_for_put_and_for_its_own_job_only(world: World) -> None:
    one, other = world.create(), world.create()
    url = one["PreSignedUrl"]

    assert put(url, b"", method="GET")[0] == 403
    assert put(url.replace(one["JobId"], other["JobId"]), b"data")[0] == 403
    assert put(url, b"data")[0] == 200


def test_an_upload_url_expires(world: World) -> None:
    world.aws.configure(upload_url_seconds=0)
    url = world.create()["PreSignedUrl"]
    world.aws.clock.advance(seconds=2)

    status, text = put(url, b"data")

    assert status == 403
    assert "<Code>AccessDenied</Code><Message>Request has expired</Message>" in text


def test_an_upload_needs_a_content_length_and_no_chunks(world: World) -> None:
    parts = urlsplit(world.create()["PreSignedUrl"])
    head = (
        f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        "x-amz-server-side-encryption: aws:kms\r\nConnection: close\r\n"
    )

    def answer(rest: str) -> bytes:
        with socket.create_connection((parts.hostname or "", parts.port or 0)) as connection:
            connection.sendall((head + rest).encode())
            return connection.recv(4096).split(b"\r\n")[0]

    assert b" 501 " in answer("Transfer-Encoding: chunked\r\n\r\n4\r\ndata\r\n0\r\n\r\n")
    assert b" 411 " in answer("\r\n")


def test_a_file_above_the_limit_is_refused(world: World) -> None:
    world.aws.configure(bytes_per_file=10)
    job = world.create()

    status, text = put(job["PreSignedUrl"], b"x" * 11)

    assert (status, "<Code>EntityTooLarge</Code>" in text) == (400, True)
    assert put(job["PreSignedUrl"], b"x" * 10)[0] == 200
