"""The algorithm of password hashes reaches Cognito, whatever version botocore has."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from helpers.events import POOL, ROLE

from user_import.aws.cognito import ImportJobs

PARAMETER = "PasswordHashingAlgorithm"
URL = "https://uploads.example.com/?X-Amz-Signature=secret-upload"


class Sent:
    """A client of boto3 that sends nothing, and its requests.

    Attributes:
        bodies: the body of each request.
        client: the client.
    """

    def __init__(self, *, knows_parameter: bool) -> None:
        session = botocore.session.get_session()
        session.set_credentials("made-up", "key")
        client = session.create_client("cognito-idp", region_name="eu-central-1")
        if not knows_parameter:
            model = client.meta.service_model
            shapes = model._service_description["shapes"]  # noqa: SLF001 - as of an older botocore
            del shapes["CreateUserImportJobRequest"]["members"][PARAMETER]
        client.meta.events.register("before-send", self._answer)
        self.bodies: list[dict[str, Any]] = []
        self.signatures: list[bytes] = []
        self.client = client

    def _answer(self, request: Any, **_: object) -> AWSResponse:
        self.bodies.append(json.loads(request.body))
        self.signatures.append(request.headers["Authorization"])
        job = {"JobId": "import-1", "JobName": "seed", "Status": "Created", "PreSignedUrl": URL}
        response = AWSResponse(request.url, 200, {}, None)
        content = json.dumps({"UserImportJob": job}).encode()
        response._content = content  # noqa: SLF001 - otherwise read from a socket
        return response


@pytest.fixture
def create(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Create a job with a client, without an upload."""
    monkeypatch.setattr("user_import.aws.cognito._put", lambda *_: (200, b""))

    def create(sent: Sent, algorithm: str | None) -> None:
        ImportJobs(sent.client).create(POOL, "seed", ROLE, lambda: [b""], 0, algorithm=algorithm)

    return create


@pytest.mark.parametrize("knows_parameter", [True, False])
def test_the_algorithm_is_in_the_request(create: Any, *, knows_parameter: bool) -> None:
    sent = Sent(knows_parameter=knows_parameter)
    create(sent, "SCRYPT")
    (body,) = sent.bodies
    expected = {"UserPoolId": POOL, "JobName": "seed", "CloudWatchLogsRoleArn": ROLE}
    assert body == {**expected, PARAMETER: "SCRYPT"}
    assert sent.signatures[0]


@pytest.mark.parametrize("knows_parameter", [True, False])
def test_the_next_job_of_the_client_has_its_own_algorithm(
    create: Any, *, knows_parameter: bool
) -> None:
    sent = Sent(knows_parameter=knows_parameter)
    for algorithm in ("SCRYPT", None, "BCRYPT"):
        create(sent, algorithm)
    assert [body.get(PARAMETER) for body in sent.bodies] == ["SCRYPT", None, "BCRYPT"]
