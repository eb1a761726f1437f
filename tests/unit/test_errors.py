"""What boto3 raises becomes one exception with fields, whose text is safe to show."""

from __future__ import annotations

import inspect
import re

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from user_import import errors
from user_import.errors import AccessDenied, AwsError, Unusable, UserImportError, calling
from user_import.messages.aws import aws_refusal

URL = "https://response.example/?X-Amz-Signature=" + "s" * 300


def client_error(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "GetObject")


def caught(error: Exception, secret: str = "") -> AwsError:
    with (
        pytest.raises(AwsError) as found,
        calling("s3:GetObject", "s3://b/k", secret=secret),
    ):
        raise error
    assert found.value.__cause__ is error
    return found.value


def test_a_refusal_has_its_fields_and_a_message_composed_of_them() -> None:
    error = caught(client_error("InternalError", "We are\nsorry."))
    assert type(error) is AwsError
    assert (error.operation, error.target) == ("s3:GetObject", "s3://b/k")
    assert (error.code, error.message) == ("InternalError", "We are sorry.")
    assert str(error) == aws_refusal(error.operation, error.target, error.code, error.message)


def test_a_refusal_without_a_code_or_a_message_has_default_texts() -> None:
    error = caught(ClientError({}, "GetObject"))
    assert (error.code, error.message) == ("Unknown", "no message")


def test_a_broken_connection_has_the_name_of_its_exception_for_a_code() -> None:
    error = caught(EndpointConnectionError(endpoint_url="https://s3.example"))
    assert error.code == "EndpointConnectionError"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AccessDenied", AccessDenied),
        ("AccessDeniedException", AccessDenied),
        ("KmsAccessDeniedException", AccessDenied),
        ("403", AccessDenied),
        ("NoSuchBucket", Unusable),
        ("PermanentRedirect", Unusable),
        ("KMS.DisabledException", Unusable),
        ("SlowDown", AwsError),
    ],
)
def test_a_code_has_its_exception(code: str, kind: type[AwsError]) -> None:
    assert type(caught(client_error(code))) is kind


def test_another_exception_passes() -> None:
    with pytest.raises(KeyError), calling("s3:GetObject"):
        raise KeyError


@pytest.mark.parametrize("before", [0, 400])
def test_no_part_of_a_secret_is_left_where_the_message_is_cut(before: int) -> None:
    error = caught(client_error("Invalid", f"{'x' * before} {URL} and more"), secret=URL)
    assert "sss" not in str(error)
    assert "response.example" not in str(error)


def test_the_exception_tree_in_the_docstring_matches_the_classes() -> None:
    drawn: dict[str, str] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"    ([ │├└─]*)([A-Z]\w+) {2,}\S", line):
            depth = len(match[1]) // 4
            above = [*above[:depth], match[2]]
            drawn[match[2]] = above[depth - 1] if depth else "Exception"
    classes = {
        name: each.__bases__[0].__name__
        for name, each in vars(errors).items()
        if inspect.isclass(each) and issubclass(each, UserImportError)
    }
    assert drawn == classes
