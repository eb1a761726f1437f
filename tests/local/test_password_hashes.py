"""Users with password hashes, deployed to the local AWS: they sign in with their own passwords."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_cognito as cognito
from helpers.deployment import Cloud, DeploymentFailed
from helpers.imported_hashes import PASSWORD, argon2id_hash, bcrypt_hash, pbkdf2_hash, scrypt_hash
from helpers.imports import by_id, counts, import_into, pool_of, tell, user
from helpers.sign_in import signs_in
from helpers.synthesis import Synthesised, synthesise

from cdk_cognito_user_import import PasswordHashes, Tolerance, UserSource


def with_client(pool: cognito.UserPool) -> str:
    """Make a client that takes passwords, and return its id."""
    flows = cognito.AuthFlow(user_password=True)
    return pool.add_client("Client", auth_flows=flows).user_pool_client_id


def stack_of(
    name: str, records: list[dict[str, Any]], *, pool_for: Any = pool_of, **properties: Any
) -> Synthesised:
    def build(stack: Stack) -> None:
        pool = pool_for(stack)
        source = UserSource.from_records(records, password_hashes=PasswordHashes())
        tell(stack, import_into(stack, user_pool=pool, source=source, **properties))
        CfnOutput(stack, "PoolId", value=pool.user_pool_id)
        CfnOutput(stack, "ClientId", value=with_client(pool))

    return synthesise(build, name)


def four_algorithms() -> list[dict[str, Any]]:
    """Return users with hashes of four algorithms, and users without."""
    hashes = {
        "ada": bcrypt_hash("b"),
        "cem": scrypt_hash(size=32),
        "eve": argon2id_hash(),
        "gil": pbkdf2_hash(),
        "ivy": bcrypt_hash("y"),
    }
    records = []
    for name, hashed in hashes.items():
        records += [user(name, password_hash=hashed), user(f"{name}-without")]
    return records


def test_a_file_with_four_algorithms_is_imported_by_one_deployment(cloud: Cloud, name: str) -> None:
    cloud.aws.configure(pbkdf2_base64="standard")
    records = four_algorithms()
    outputs = cloud.deploy(stack_of(name, records))
    assert counts(outputs) == (10, 0, 0)
    algorithms = [job["PasswordHashingAlgorithm"] for job in cloud.jobs(outputs["PoolId"])]
    assert sorted(algorithms) == ["ARGON2ID", "BCRYPT", "PBKDF2_SHA256", "SCRYPT"]
    found = cloud.cognito_idp.list_users(UserPoolId=outputs["PoolId"])["Users"]
    statuses = {each["Username"]: each["UserStatus"] for each in found}
    for record in records:
        username = record["cognito:username"]
        has_hash = "password_hash" in record
        assert statuses[username] == ("CONFIRMED" if has_hash else "RESET_REQUIRED")
        if has_hash:
            assert signs_in(cloud, outputs, username, PASSWORD)
            assert not signs_in(cloud, outputs, username, "Wrong-Horse-7")
    (canary,) = set(cloud.resources(name, "AWS::Cognito::UserPool")) - {outputs["PoolId"]}
    assert cloud.users(canary) == {}
    cloud.destroy(name)
    groups = cloud.logs.describe_log_groups(logGroupNamePrefix="/aws/cognito/")["logGroups"]
    assert [each for each in groups if canary in each["logGroupName"]] == []


def test_a_canary_stops_hashes_that_cognito_misreads_and_nobody_is_imported(
    cloud: Cloud, name: str
) -> None:
    pool_id = cloud.cognito_idp.create_user_pool(
        PoolName=name, AutoVerifiedAttributes=["email"], UserPoolTags={}
    )["UserPool"]["Id"]
    cloud.aws.configure(pbkdf2_base64="passlib")
    with pytest.raises(DeploymentFailed) as caught:
        cloud.deploy(stack_of(name, four_algorithms(), pool_for=by_id(pool_id)))
    assert "misreads password hashes of this shape: PBKDF2_SHA256" in str(caught.value)
    assert cloud.users(pool_id) == {}
    assert cloud.jobs(pool_id) == []


def test_a_failed_user_has_the_number_of_the_record(cloud: Cloud, name: str) -> None:
    # The check takes hashes of this length; AWS documents none.
    cloud.aws.configure(hash_bytes_at_most=16)
    records = four_algorithms()
    with pytest.raises(DeploymentFailed) as caught:
        cloud.deploy(stack_of(name, records, tolerance=Tolerance(failed=2), canary=False))
    long = [
        number
        for number, record in enumerate(records, 1)
        if "password_hash" in record and not record["password_hash"].startswith("$2")
    ]
    assert [f"record {number}: failed" in str(caught.value) for number in long] == [True] * 3
