"""Measure time and memory of the local AWS for a job of 500,000 rows.

    python benchmarks/import_500000_rows.py [--rows N] [--keep N]

It judges, logs and counts every row as fast as it can and keeps the first users only
(`create_users_at_most`), unless `--keep` is given. Figures are in docs/local-aws.md.
"""

from __future__ import annotations

import argparse
import http.client
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from cognito_import_local import LocalAws

MEBIBYTE = 1 << 20
ENDED = ("Succeeded", "Failed", "Stopped")


def write_users(file: Path, header: list[str], rows: int) -> None:
    """Write a CSV with names, an e-mail address and a phone number for every user."""
    with file.open("w", encoding="utf-8") as csv:
        csv.write(",".join(header) + "\n")
        for number in range(rows):
            row = {
                "cognito:username": f"user{number:07}",
                "name": f"User Number {number:07}",
                "given_name": "User",
                "family_name": f"Number {number:07}",
                "email": f"user{number:07}@example.com",
                "email_verified": "true",
                "birthdate": "02/01/1985",
                "phone_number": f"+1432{number:07}",
                "updated_at": "1471453471",
            }
            csv.write(",".join(row.get(column, "") for column in header) + "\n")


def upload(url: str, file: Path) -> None:
    """Upload the file to the upload URL."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    size = str(file.stat().st_size)
    headers = {"Content-Length": size, "x-amz-server-side-encryption": "aws:kms"}
    with file.open("rb") as body:
        connection.request("PUT", f"{parts.path}?{parts.query}", body, headers)
        answer = connection.getresponse()
        answer.read()
    if answer.status != http.HTTPStatus.OK:
        raise SystemExit(f"the upload was answered with {answer.status}")


def logs_role(aws: LocalAws) -> str:
    """Create a role for the logs of Cognito."""

    def policy(**statement: object) -> str:
        return json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", **statement}})

    trust = policy(Principal={"Service": "cognito-idp.amazonaws.com"}, Action="sts:AssumeRole")
    iam = aws.client("iam")
    role = iam.create_role(RoleName="logs", AssumeRolePolicyDocument=trust)["Role"]
    iam.put_role_policy(
        RoleName="logs", PolicyName="logs", PolicyDocument=policy(Action="logs:*", Resource="*")
    )
    return str(role["Arn"])


def main() -> None:
    """Run one job and print its time and memory."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--keep", type=int, default=1_000)
    given = parser.parse_args()
    settings = {"rows_per_second": 0, "create_users_at_most": given.keep}
    with tempfile.TemporaryDirectory() as folder, LocalAws(settings=settings) as aws:
        cognito = aws.client("cognito-idp")
        pool = cognito.create_user_pool(PoolName="many", AutoVerifiedAttributes=["email"])
        pool_id = pool["UserPool"]["Id"]
        file = Path(folder, "users.csv")
        header = cognito.get_csv_header(UserPoolId=pool_id)["CSVHeader"]
        write_users(file, header, given.rows)
        job = cognito.create_user_import_job(
            JobName="many", UserPoolId=pool_id, CloudWatchLogsRoleArn=logs_role(aws)
        )["UserImportJob"]
        began = time.monotonic()
        upload(job["PreSignedUrl"], file)
        uploaded = time.monotonic()
        which = {"UserPoolId": pool_id, "JobId": job["JobId"]}
        cognito.start_user_import_job(**which)
        while (seen := cognito.describe_user_import_job(**which)["UserImportJob"])[
            "Status"
        ] not in ENDED:
            time.sleep(0.5)
        ended = time.monotonic()
        size = file.stat().st_size / MEBIBYTE
    counters = [seen[f"{each}Users"] for each in ("Imported", "Skipped", "Failed")]
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / MEBIBYTE
    print(f"{given.rows:,} rows, {size:.0f} MiB; {given.keep:,} users kept")
    print(f"{seen['Status']}: imported, skipped, failed: {counters}")
    print(f"upload {uploaded - began:.1f} s, judging {ended - uploaded:.1f} s")
    print(f"peak memory of the server {peak:.0f} MiB")


if __name__ == "__main__":
    main()
