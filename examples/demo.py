"""The main job from end to end, on an AWS that runs on this machine. `make demo` runs it.

Bootstraps, deploys app.py with 1,000 users, deploys it again unchanged, deploys it with five more
users, destroys it, and looks up what is left. Then it deploys examples/sandbox.py, signs in as one
of its users, and destroys it. Ends with exit status 0 only if all of it held.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from cognito_import_local import LocalAws

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
STACK = "SeededUserPool"
SANDBOX = "Sandbox-demo"

NOTICE = """\
cdk-cognito-user-import: the main job, from end to end.

The cloud here is an emulator on this machine, not AWS: MiniStack, and in front of it this
project's model of Cognito's import service. How real Cognito differs where nobody knows is listed
in the model's settings. Real are the CDK, its CLI, app.py, the construct and its functions.
"""

ON_AWS = """\
The same on a real account, with your credentials in the environment:

    make bootstrap     once for an account and Region
    make deploy
    make destroy
"""


@dataclass(frozen=True)
class Row:
    """One deployment of the demo, as the table shows it."""

    what: str
    started: int
    job_id: str = "-"
    job_status: str = "-"
    imported: int = 0
    skipped: int = 0
    failed: int = 0
    seconds: float = 0.0
    stack_status: str = "-"
    log: str = "-"

    def cells(self) -> list[str]:
        """The row's cells."""
        counters = [self.started, self.imported, self.skipped, self.failed]
        started, imported, skipped, failed = map(str, counters)
        took = f"{self.seconds:.1f} s" if self.started else "-"
        return [
            *(self.what, started, self.job_id, imported, skipped, failed, took),
            *(self.job_status, self.stack_status),
        ]


HEADINGS = [
    *("deployment", "jobs", "job", "imported", "skipped", "failed", "took"),
    *("Cognito's status", "stack"),
]
A_JOB_FAILED = """
Cognito may report a job as Failed when most of its users exist already. The import judges by the
counters instead: every user is accounted for and none failed, so that the deployment succeeds.
"""


@dataclass
class Demo:
    """The demo, against one local AWS."""

    aws: LocalAws
    folder: Path
    wrong: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def run(self) -> None:
        """Run all of it."""
        with step("cdk bootstrap"):
            self.cdk("bootstrap", f"aws://{self.aws.account}/{self.aws.region}")
        self.deploy("1,000 users", ROOT / "examples" / "users.csv")
        self.show_users()
        self.deploy("the same again", ROOT / "examples" / "users.csv")
        self.deploy("five more users", self.with_five_more())
        resources = self.resources()
        with step("cdk destroy"):
            self.cdk("destroy", "--force", "--app", str(self.folder / "cdk.out"))
        print()
        table(HEADINGS, [row.cells() for row in self.rows])
        if any(row.job_status == "Failed" for row in self.rows):
            print(A_JOB_FAILED)
        for row in self.rows:
            if row.started:
                print(f"  log of {row.job_id}: {row.log}")
        self.check_rows()
        self.check_what_is_left(resources)
        self.sign_in_to_sandbox()

    def sign_in_to_sandbox(self) -> None:
        """Deploy a sandbox of test users, sign in as one of them, and destroy it."""
        app = ["--app", f"{sys.executable} examples/sandbox.py", "--context", "branch=demo"]
        with step("cdk deploy examples/sandbox.py, 50 test users with a generated password"):
            self.cdk("deploy", "--require-approval", "never", *app)
        outputs = self.outputs(SANDBOX)
        secrets = self.aws.client("secretsmanager")
        password = secrets.get_secret_value(SecretId=outputs["PasswordArn"])["SecretString"]
        user, client_id = outputs["FirstUser"], outputs["ClientId"]
        tokens = self.tokens(client_id, user, password)
        refused = self.tokens(client_id, user, f"{password}!")
        print(f"\nInitiateAuth as {user}, with the password from Secrets Manager:")
        print(f"  tokens: {', '.join(tokens) or 'none'}")
        print(f"  with a wrong password: {', '.join(refused) or 'refused'}\n")
        if "IdToken" not in tokens or refused:
            self.wrong.append(f"{user} does not sign in with the right password only")
        with step("cdk diff, which must be empty"):
            self.cdk("diff", "--fail", "--no-change-set", *app)
        with step("cdk destroy"):
            self.cdk("destroy", "--force", *app)
        print()

    def tokens(self, client_id: str, user: str, password: str) -> list[str]:
        """Sign in, and return the names of the tokens; none where that is refused."""
        cognito = self.aws.client("cognito-idp")
        try:
            answer = cognito.initiate_auth(
                AuthFlow="USER_PASSWORD_AUTH",
                ClientId=client_id,
                AuthParameters={"USERNAME": user, "PASSWORD": password},
            )
        except cognito.exceptions.NotAuthorizedException:
            return []
        return [name for name in answer["AuthenticationResult"] if name.endswith("Token")]

    def cdk(self, *arguments: str) -> None:
        """Run the CDK CLI against the local AWS; say what it said only if it fails."""
        done = subprocess.run(
            ["cdk", *arguments, "--output", str(self.folder / "cdk.out"), "--no-color"],
            cwd=ROOT,
            env={
                **os.environ,
                **self.aws.environment,
                "CDK_DISABLE_VERSION_CHECK": "1",
                "CDK_DISABLE_CLI_TELEMETRY": "true",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            print(done.stdout)
            sys.exit(f"cdk {arguments[0]} failed with exit status {done.returncode}.")

    def deploy(self, what: str, users: Path) -> None:
        """Deploy app.py, and note what Cognito did."""
        known = {job["JobId"] for job in self.jobs()}
        with step(f"cdk deploy, {what}"):
            self.cdk("deploy", "--require-approval", "never", "--context", f"users={users}")
        new = [job for job in self.jobs() if job["JobId"] not in known]
        status = self.stack()["StackStatus"]
        if not new:
            self.rows.append(Row(what, started=0, stack_status=status))
            return
        job, outputs = new[0], self.outputs()
        self.rows.append(
            Row(
                what,
                started=len(new),
                job_id=job["JobId"],
                job_status=job["Status"],
                imported=job["ImportedUsers"],
                skipped=job["SkippedUsers"],
                failed=job["FailedUsers"],
                seconds=(job["CompletionDate"] - job["StartDate"]).total_seconds(),
                stack_status=status,
                log=f"{outputs['LogGroup']} stream {outputs['LogStream']}",
            )
        )

    def with_five_more(self) -> Path:
        """Write a CSV of all 1,005 users."""
        users = (ROOT / "examples" / "users.csv").read_text(encoding="utf-8")
        more = (ROOT / "examples" / "five-more-users.csv").read_text(encoding="utf-8")
        path = self.folder / "users.csv"
        path.write_text(users + more.partition("\n")[2], encoding="utf-8")
        return path

    def stack(self, name: str = STACK) -> dict[str, Any]:
        """A stack as CloudFormation describes it."""
        stack: dict[str, Any]
        (stack,) = self.aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        return stack

    def outputs(self, name: str = STACK) -> dict[str, str]:
        """A stack's outputs."""
        outputs = self.stack(name)["Outputs"]
        return {output["OutputKey"]: output["OutputValue"] for output in outputs}

    def jobs(self) -> list[dict[str, Any]]:
        """All import jobs of the pool, the newest first; none before there is a pool."""
        try:
            pool_id = self.outputs()["UserPoolId"]
        except ClientError:
            return []
        jobs: list[dict[str, Any]] = self.aws.client("cognito-idp").list_user_import_jobs(
            UserPoolId=pool_id, MaxResults=60
        )["UserImportJobs"]
        return jobs

    def show_users(self) -> None:
        """Print a few of the users as ListUsers gives them."""
        page = self.aws.client("cognito-idp").list_users(
            UserPoolId=self.outputs()["UserPoolId"], Limit=6
        )
        rows = []
        for user in page["Users"]:
            attributes = {each["Name"]: each["Value"] for each in user["Attributes"]}
            names = ("name", "email", "phone_number", "custom:plan")
            rows.append(
                [
                    user["Username"],
                    user["UserStatus"],
                    *(attributes.get(name, "-") for name in names),
                ]
            )
        print("\nListUsers, the first six:")
        table(["Username", "UserStatus", "name", "email", "phone_number", "custom:plan"], rows)
        print()

    def resources(self) -> list[tuple[str, str]]:
        """Type and id of everything in the stack."""
        pages = self.aws.client("cloudformation").get_paginator("list_stack_resources")
        return [
            (resource["ResourceType"], resource["PhysicalResourceId"])
            for page in pages.paginate(StackName=STACK)
            for resource in page["StackResourceSummaries"]
        ]

    def check_rows(self) -> None:
        """Compare the table with what must come out."""
        expected = [(1, 1000, 0, 0), (0, 0, 0, 0), (1, 5, 1000, 0)]
        seen = [(row.started, row.imported, row.skipped, row.failed) for row in self.rows]
        if seen != expected:
            self.wrong.append(f"started, imported, skipped, failed: {seen}, not {expected}")
        for row in self.rows:
            if not row.stack_status.endswith(("CREATE_COMPLETE", "UPDATE_COMPLETE")):
                self.wrong.append(f"{row.what}: the stack is {row.stack_status}")

    def check_what_is_left(self, resources: list[tuple[str, str]]) -> None:
        """Look up what is left, resource by resource, and say why it may be."""
        left = []
        for kind, name in resources:
            state = self.look_up(kind, name)
            if state != "gone":
                left.append([kind, name, state])
                if state != "PendingDeletion":
                    self.wrong.append(f"{kind} {name} is {state}")
        for group in self.aws.client("logs").describe_log_groups()["logGroups"]:
            name = group["logGroupName"]
            left.append(["log group", name, "there"])
            self.wrong.append(f"log group {name} is there")
        s3 = self.aws.client("s3")
        for bucket in s3.list_buckets()["Buckets"]:
            count = s3.list_objects_v2(Bucket=bucket["Name"])["KeyCount"]
            left.append(["bucket", bucket["Name"], f"{count} objects"])
            if not bucket["Name"].startswith("cdk-"):
                self.wrong.append(f"bucket {bucket['Name']} is there")
        print(
            "\nLeft after cdk destroy, as on AWS: the key until its waiting period is over, and "
            "the bootstrap\nbucket with its assets (cdk gc empties it). The log group that "
            "Cognito created is deleted\nwith the stack's user pool.\n"
            f"Looked up: the stack's {len(resources)} resources, all log groups, all buckets."
        )
        table(["kind", "name", "state"], left)
        print()

    def look_up(self, kind: str, name: str) -> str:
        """Ask the service that has it whether a resource of the stack is still there."""
        client = self.aws.client
        match kind:
            case "AWS::KMS::Key":
                key = client("kms").describe_key(KeyId=name)["KeyMetadata"]
                return str(key["KeyState"])
            case "AWS::Cognito::UserPool":
                return there(client("cognito-idp").describe_user_pool, UserPoolId=name)
            case "AWS::IAM::Role":
                return there(client("iam").get_role, RoleName=name)
            case "AWS::Lambda::Function":
                return there(client("lambda").get_function, FunctionName=name)
            case "AWS::Logs::LogGroup":
                groups = client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
                return "there" if groups else "gone"
            case "AWS::S3::Bucket":
                return there(client("s3").head_bucket, Bucket=name)
            case "AWS::StepFunctions::StateMachine":
                return there(client("stepfunctions").describe_state_machine, stateMachineArn=name)
            case "AWS::Events::Rule":
                return there(client("events").describe_rule, Name=name.rpartition("|")[2])
            case _:
                # A part of one of the others: a policy, a permission; or the import itself.
                return "gone"


def there(call: Any, **arguments: str) -> str:
    """Whether what a call describes is there."""
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 404):
            return "gone"
        raise
    return "there"


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done and how long it took."""
    print(f"{what} …", end=" ", flush=True)
    began = time.monotonic()
    yield
    print(f"{time.monotonic() - began:.0f} s", flush=True)


def table(headings: list[str], rows: list[list[str]]) -> None:
    """Print rows under headings."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for cells in [headings, ["-" * width for width in widths], *rows]:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        print(("  " + "  ".join(padded)).rstrip())


def main() -> None:
    """Run the demo."""
    print(NOTICE)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="user-import-demo-") as folder, LocalAws() as aws:
        demo = Demo(aws, Path(folder))
        demo.run()
    if demo.wrong:
        sys.exit("This did not hold:\n" + "\n".join(f"  {wrong}" for wrong in demo.wrong))
    print(f"All of it held, in {time.monotonic() - began:.0f} s.\n\n{ON_AWS}", end="")


if __name__ == "__main__":
    main()
