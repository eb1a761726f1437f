"""S3 and the place of uploads, as a process of its own: ``python memory_server.py FOLDER``.

Objects lie as files in the folder. Of an upload to a presigned URL only length and hash are kept,
in ``uploaded``.
"""

from __future__ import annotations

import hashlib
import json
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = 1 << 20
CLAIMS: dict[str, dict[str, Any]] = {}
"""The metadata of objects, by their files."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder = Path(sys.argv[1])

    @property
    def file(self) -> Any:
        return self.folder / urllib.parse.urlsplit(self.path).path.strip("/").replace("/", "-")

    @property
    def query(self) -> Any:
        return urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query, keep_blank_values=True)

    def pieces(self) -> Iterator[Any]:
        rest = int(self.headers["Content-Length"])
        while rest:
            piece = self.rfile.read(min(rest, PIECE))
            rest -= len(piece)
            yield piece

    def reply(self, text: str = "", status: int = 200, **headers: Any) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def do_GET(self) -> None:
        if not self.file.exists():
            self.reply("<Error><Code>NoSuchKey</Code></Error>", status=404)
            return
        size = self.file.stat().st_size
        first, last = 0, size - 1
        if "Range" in self.headers:
            first, last = map(int, self.headers["Range"].removeprefix("bytes=").split("-"))
        self.send_response(206 if "Range" in self.headers else 200)
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        with self.file.open("rb") as file:
            file.seek(first)
            rest = last - first + 1
            while rest:
                piece = file.read(min(rest, PIECE))
                self.wfile.write(piece)
                rest -= len(piece)

    def do_HEAD(self) -> None:
        there = str(self.file) in CLAIMS
        self.reply(status=200 if there else 404, **CLAIMS.get(str(self.file), {}))

    def remember_claim(self) -> None:
        claim = {k: v for k, v in self.headers.items() if k.startswith("x-amz-meta-")}
        if claim:
            CLAIMS[str(self.file)] = claim

    def do_POST(self) -> None:
        self.remember_claim()
        if "uploads" in self.query:
            self.file.write_bytes(b"")
            self.reply("<InitiateMultipartUploadResult><UploadId>u1</UploadId>"
                       "</InitiateMultipartUploadResult>")  # fmt: skip
        else:
            for _ in self.pieces():
                pass
            self.reply("<CompleteMultipartUploadResult></CompleteMultipartUploadResult>")

    def do_PUT(self) -> None:
        if self.path.startswith("/upload/"):
            sha, length = hashlib.sha256(), 0
            for piece in self.pieces():
                sha.update(piece)
                length += len(piece)
            reported = {"sha256": sha.hexdigest(), "length": length, "headers": dict(self.headers)}
            (self.folder / "uploaded").write_text(json.dumps(reported))
        else:
            self.remember_claim()
            with self.file.open("ab" if "partNumber" in self.query else "wb") as file:
                for piece in self.pieces():
                    file.write(piece)
        self.reply(ETag='"e"')

    def do_DELETE(self) -> None:
        self.reply(status=204)

    def log_message(self, *_: Any) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
