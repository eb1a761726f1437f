"""The messages about the canary of password hashes. None of them holds a hash or a password."""

from __future__ import annotations

_WITHOUT = (
    "Nobody was imported. UserImport(canary=False) imports the hashes without this test; then "
    "import one user first, and sign in."
)


def shape(algorithm: str, parameters: str, salt_bytes: int, hash_bytes: int) -> str:
    """Name the shape of a password hash."""
    return (
        f"{algorithm} with the parameters {parameters}, a salt of {salt_bytes} bytes and a hash of "
        f"{hash_bytes} bytes"
    )


def misread(shape: str) -> str:
    """Say that Cognito misreads hashes of a shape."""
    return (
        f"Cognito misreads password hashes of this shape: {shape}. A synthetic user with such a "
        "hash could not sign in with its password, and neither could yours. Nobody was imported. "
        "Import these users without their hashes, with PasswordHashes(algorithms=…, "
        "unusable=OnBadHash.RESET), and open an issue of this library."
    )


def sign_in_undecided(shape: str) -> str:
    """Say that the sign-in of a synthetic user was neither accepted nor refused."""
    return (
        "It is undecided whether Cognito reads the password hashes: a synthetic user got neither "
        f"tokens nor a refusal. The shape of the hash: {shape}. {_WITHOUT}"
    )


def job_undecided(job_id: str, status: str, imported: int, users: int) -> str:
    """Say that the job of the synthetic users did not import them."""
    return (
        "It is undecided whether Cognito reads the password hashes: import job "
        f"{job_id} of the canary's user pool is {status}, with {imported} of {users} synthetic "
        "users imported. A logs role of your own must allow the log group of that pool too. "
        f"{_WITHOUT}"
    )


def not_possible(reason: str) -> str:
    """Say why there are no synthetic users for these hashes."""
    return f"It is undecided whether Cognito reads the password hashes: {reason}. {_WITHOUT}"


def canary_to_end(job_id: str, users: int) -> str:
    """Wait for the job of the synthetic users."""
    return f"import job {job_id} of the canary's user pool to end, with {users} synthetic users"


def slot_taken_from_canary(job_id: str, holder: str) -> str:
    """Wait for a job of the import's own user pool, which is active."""
    return (
        f"import job {holder} of the import's own user pool, which has the account's only import "
        f"slot, before import job {job_id} of the canary's user pool starts"
    )


def slot_for_canary(job_id: str) -> str:
    """Wait for the slot, or for the logs role."""
    return (
        f"Cognito to start import job {job_id} of the canary's user pool, when another job leaves "
        "the account's only import slot, or when Cognito can use the logs role"
    )
