"""The right to read the source: this object, and its key where the app knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import FileAssetLocation, Stack, StackSynthesizer
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from helpers.imports import import_into, workflow_of
from helpers.synthesis import synthesise, synthesise_app
from helpers.templates import as_list, condition, identity_statements, text, without_hashes

from cdk_cognito_user_import import UserSource

if TYPE_CHECKING:
    from aws_cdk import App, DockerImageAssetLocation, FileAssetSource
    from helpers.synthesis import Synthesised

KEY = "arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555"
READS = {"s3:GetObject", "s3:GetObjectVersion", "kms:Decrypt"}


class WithKey(StackSynthesizer):
    """A synthesizer that names the key of its asset bucket; those of the CDK name none."""

    def add_file_asset(self, *assets: Any, **_: Any) -> FileAssetLocation:
        asset: FileAssetSource
        (asset,) = assets  # what the declaration has as keywords, jsii gives as one struct
        return FileAssetLocation(
            bucket_name="assets",
            object_key=asset.source_hash,
            http_url=f"https://assets.s3.amazonaws.com/{asset.source_hash}",
            s3_object_url=f"s3://assets/{asset.source_hash}",
            kms_key_arn=KEY,
        )

    def add_docker_image_asset(self, *_: Any, **__: Any) -> DockerImageAssetLocation:
        raise NotImplementedError

    def synthesize(self, session: Any) -> None:
        self._synthesize_template(session)
        self._emit_artifact(session)


def rights(stack: Synthesised) -> set[tuple[str, ...]]:
    """Return what the role of the import may read, but for what it has staged itself."""
    return {
        (action, without_hashes(text(arn)), condition(statement))
        for name, statement in identity_statements(stack)
        if name.startswith("SeedRole")
        for action in as_list(statement["Action"])
        for arn in as_list(statement["Resource"])
        if action in READS and "Staging" not in text(arn)
    }


def test_the_asset_is_read_without_a_key_where_the_synthesizer_names_none() -> None:
    ((action, arn, held_to),) = rights(synthesise(import_into))
    assert (action, held_to) == ("s3:GetObject", "")
    assert arn.endswith(".csv")
    assert "*" not in arn


def test_the_key_of_the_asset_bucket_may_be_used_where_the_synthesizer_names_it() -> None:
    def build(app: App) -> None:
        import_into(Stack(app, "Test", synthesizer=WithKey()))

    found = rights(synthesise_app(build)["Test"])
    assert ("kms:Decrypt", KEY, "") in found
    assert {action for action, *_ in found} == {"s3:GetObject", "kms:Decrypt"}


def test_one_object_of_a_bucket_is_read() -> None:
    def build(stack: Stack) -> None:
        bucket = s3.Bucket.from_bucket_name(stack, "Source", "users")
        import_into(stack, source=UserSource.from_bucket(bucket, "in/users.csv"))

    assert rights(synthesise(build)) == {
        ("s3:GetObject", "arn:<AWS::Partition>:s3:::users/in/users.csv", "")
    }


def test_one_version_of_an_object_and_the_key_of_its_bucket_are_read() -> None:
    def build(stack: Stack) -> None:
        bucket = s3.Bucket(stack, "Source", encryption_key=kms.Key(stack, "Key"))
        source = UserSource.from_bucket(bucket, "in/users.csv", version="v7")
        import_into(stack, source=source)

    assert rights(synthesise(build)) == {
        ("s3:GetObjectVersion", "<Source.Arn>/in/users.csv", ""),
        ("kms:Decrypt", "<Key.Arn>", ""),
    }


def test_the_objects_of_a_prefix_are_listed_and_read_and_no_others() -> None:
    def build(stack: Stack) -> None:
        bucket = s3.Bucket.from_bucket_name(stack, "Source", "users")
        import_into(stack, source=UserSource.from_bucket(bucket, prefix="in/"))

    stack = synthesise(build)
    assert rights(stack) == {("s3:GetObject", "arn:<AWS::Partition>:s3:::users/in/*", "")}
    (listing,) = (
        statement
        for _, statement in identity_statements(stack)
        if as_list(statement["Action"]) == ["s3:ListBucket"]
        and "users" in text(statement["Resource"])
    )
    assert text(listing["Resource"]) == "arn:<AWS::Partition>:s3:::users"
    assert listing["Condition"] == {"StringEquals": {"s3:prefix": "in/"}}


@pytest.mark.parametrize("managed", [False, True])
def test_only_the_import_may_read_the_source(managed: bool) -> None:
    def build(stack: Stack) -> None:
        bucket = s3.Bucket(stack, "Source")
        import_into(
            stack,
            source=UserSource.from_bucket(bucket, "users.csv"),
            workflow=workflow_of(stack, managed_policies=managed),
        )

    readers = {
        without_hashes(name)
        for name, statement in identity_statements(synthesise(build))
        if any(text(each).startswith("<Source") for each in as_list(statement["Resource"]))
    }
    assert readers == {"SeedRoleRights" if managed else "SeedRole"}
