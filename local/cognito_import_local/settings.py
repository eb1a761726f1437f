"""Settings for the behaviour of user import jobs that AWS does not document.

The facts sheet (§7.2, §8) lists what is not on public record. Each of those is a field
here, with our choice and its reason below the field. The limits and times that *are* on
record are fields too, so that a test need not write 500,000 rows or wait a day. So are the
habits of IAM and CloudFormation that an import meets and the emulator does not have. Those of the
calls on users are in `user_settings`.

A profile is a set of values: `documented` has the defaults, `hostile` the most difficult values,
`observed` what reports of real accounts say.
Seconds are AWS seconds (`time_scale`).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal, get_type_hints

from .control_paths import SETTINGS_VARIABLE
from .json_fields import expected, fits
from .messages import Texts
from .observed import FactsFileError, observed, paths_of_environment
from .user_settings import HOSTILE, UserSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

PROFILE_VARIABLE = "COGNITO_IMPORT_LOCAL_PROFILE"
"""The profile that a server begins with, where no option gives one."""

PROFILES: Mapping[str, Mapping[str, Any]] = {
    "documented": {},
    "hostile": {
        "seconds_pending": 2.3,
        "seconds_in_progress": 8.0,
        "stop_created_job": "refuse",
        "stop_answers_within": 0.0,
        "seconds_stopping": 2.0,
        "log_delay_seconds": 8.0,
        "role_propagation_seconds": 20.0,
        "iam_propagation_seconds": 20.0,
        "sends_source_keys": False,
        "sends_passed_to_service": False,
        "describe_url": "none",
        "password_hash_eligible": True,
        "slot_taken": "too_many_requests",
        "unknown_status": "Preparing",
        "list_lags": 1,
        "page_size_at_most": 2,
        "stack_status_delay_seconds": 10.0,
        "deliveries": 2,
        **HOSTILE,
    },
}
"""The profiles by name, each with the values that are not the defaults, or must not become any
other."""


OBSERVED = "observed"
"""The profile whose values reports of real accounts give, see `observed`."""

PROFILE_NAMES = (*PROFILES, OBSERVED)


class InvalidSettingError(ValueError):
    """A setting has a name or a value that does not exist; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSettings(UserSettings):
    """How the local import service behaves where AWS's behaviour is unknown or too slow."""

    seconds_pending: float = 0.3
    """Time between Start and InProgress. §2.2 shows 2.3 s; shorter keeps tests quick."""

    seconds_in_progress: float = 0.3
    """Least time InProgress, so that a poll can see it. §2.6: small jobs take 0.4 to 1.6 s."""

    rows_per_second: float = 2000.0
    """Throughput; 0 is as fast as the machine can. §2.6: not on record. 2,000 lets a full
    file of 500,000 rows end within 5 minutes."""

    stop_created_job: Literal["refuse", "stop"] = "refuse"
    """Stop on a job that was never started. §2.2: unknown. The documented transitions have
    no arrow from Created to Stopped, so we refuse."""

    stop_answers_within: float = 1.0
    """How long Stop waits for the job to stop before it answers. §2.2: AWS's sample answer
    already says Stopped, so Stop waits a little; 0 always answers Stopping."""

    seconds_stopping: float = 0.0
    """How long a job stays in Stopping. §2.2: not on record."""

    one_job_scope: Literal["account", "account-region", "pool"] = "account"
    """Where only one job may be active. §2.5: AWS writes "per account"; whether per Region
    is unknown, so we take the words as they stand."""

    alias_clash: Literal["fail", "skip"] = "fail"
    """A row whose verified alias belongs to another user. §1.8: unknown. Failing is the
    stricter choice: a skip would say that the user exists, which is not so."""

    too_many_share: float = 0.5
    """A job ends Failed when more than this share of its rows failed or were skipped.
    §2.3: threshold unknown; the known points are 5/5, 1/1 and 32/46, all Failed."""

    fail_if_none_imported: bool = True
    """A job that had rows but imported no users ends Failed (§2.3: 0/5 and 0/1 did),
    also when all rows were skipped (§1.9, inferred)."""

    missing_columns: Literal["fail_job", "accept"] = "fail_job"
    """A header that lacks columns of the pool. §1.3 (C1): the guide demands all columns,
    its own samples have six. The model follows the guide; a file with all
    columns is always right."""

    log_delay_seconds: float = 0.0
    """How long after a row was judged its log line can be read; the log group and the stream come
    as late after Start. §1.13: not on record."""

    role_propagation_seconds: float = 0.0
    """Age below which a logs role cannot be assumed. §3.4: a new role needs "a while"."""

    iam_propagation_seconds: float = 0.0
    """How long a change of a role's policies or trust policy takes to be effective, for the calls
    that functions sign, for AssumeRole and for the logs role; a role that was deleted keeps its
    rights as long. §3.4: a new role needs "a while"; that removals take as long is assumed."""

    logs_role_fault: Literal["refuse_start", "fail_job"] = "refuse_start"
    """A logs role that cannot be used: Start refused (§3.4, seen with
    PreconditionNotMetException) or the job Failed with 0/0/0 (§1.15). Both are reported."""

    sends_source_keys: bool = False
    """Whether aws:SourceArn and aws:SourceAccount are sent when the logs role is assumed.
    §3.2: unknown for imports; not sending is what breaks a too narrow trust policy."""

    sends_passed_to_service: bool = False
    """Whether iam:PassedToService is sent when iam:PassRole is evaluated. §3.3: not sent with
    CreateGroup and UpdateGroup (recorded calls); for CreateUserImportJob unknown. A policy that
    requires the key is denied where it is not sent."""

    describe_url: Literal["original", "fresh", "none"] = "original"
    """The PreSignedUrl of later answers. §8 U13: unknown; the guide says that an expired
    URL needs a new job, so it cannot be a fresh one."""

    slot_taken: Literal["precondition", "too_many_requests"] = "precondition"
    """The answer to Start while another job has the slot: PreconditionNotMetException, or
    TooManyRequestsException. §4: inferred; both are modelled for Start."""

    unknown_status: str = ""
    """The status that the first answer about a job gives while it is InProgress; empty is
    InProgress. §2.2: six statuses are on record; that AWS adds one is assumed."""

    list_lags: int = 0
    """How many calls of ListUserImportJobs for a pool, pages of one list counted once, do not show
    a new job. Assumed: no consistency of the list is on record."""

    page_size_at_most: int | None = None
    """The most entries of a page of ListUserImportJobs and FilterLogEvents; FilterLogEvents then
    begins with an empty page. None is what the caller asks for. Assumed: pages may be shorter."""

    stack_status_delay_seconds: float = 0.0
    """How long DescribeStacks goes on saying CREATE_IN_PROGRESS or UPDATE_IN_PROGRESS of a stack
    that has begun to roll back. Assumed: no consistency is on record."""

    deliveries: int = 1
    """How often a request of CloudFormation reaches a custom resource's function; the second may
    come while the first runs. Assumed, as Lambda delivers asynchronous invocations at least once.
    """

    functions_at_once: int | None = None
    """How many functions run at once in the account; None is any number. Above it Step Functions
    gets Lambda.TooManyRequestsException, and CloudFormation's requests wait. A new account has 10
    (Lambda Developer Guide, "Quotas")."""

    history_events_at_most: int = 25_000
    """Events of an execution's history, at the last of which the execution fails or has succeeded.
    Step Functions Developer Guide, "Avoid reaching the history quota"."""

    password_hash_eligible: bool = True
    """Whether pools have the password_hash column. §0.1: "not available for all pools";
    new pools are, as the column is how clients probe for it."""

    hash_without_algorithm: Literal["ignore", "fail_row"] = "ignore"
    """A filled password_hash in a job without algorithm. §1.12: unknown."""

    stored_birthdate: Literal["iso", "as_given"] = "iso"
    """What is stored for mm/dd/yyyy. §1.6 (C5): unknown; the attribute itself is YYYY-MM-DD."""

    attribute_length_unit: Literal["characters", "bytes"] = "characters"
    """What the limit of 2,048 for an attribute counts. §1.6: one page says characters, the
    other bytes; the schema's own lengths are characters."""

    oversized_upload: Literal["refuse", "fail_job"] = "refuse"
    """A file above the limit: refused by the upload URL, or accepted and the job Failed.
    §1.7: the limit is known, its place is not. Refusing keeps the laptop's disk free."""

    characters_per_row: int = 16_000
    """§1.7. A longer row fails; that it does not fail the job is our choice."""

    users_per_file: int = 500_000
    """§1.7. A longer file fails the job before any user is created; that is our choice."""

    bytes_per_file: int = 100_000_000
    """§1.7. Whether MB is 10^6 or 2^20 is unknown; 10^6 is the safe reading."""

    jobs_per_pool: int = 1_000
    """§2.5. Jobs cannot be deleted."""

    upload_url_seconds: int = 899
    """§2.4: "valid for 15 minutes"; the URL itself says 899."""

    rate_quotas: bool = False
    """Whether calls above the request-rate quotas of §2.5 are throttled: 20 reads and 15 updates
    a second in one Region of an account, 5 of each operation for a pool. Off, because a test
    that polls a local cloud is quicker than any client of AWS should be, and how AWS meters
    (a sliding second, a bucket) is not on record."""

    hours_until_expired: float = 24.0
    """§2.2: 24 to 48 hours; the sample took 24.5."""

    create_users_at_most: int | None = None
    """Validate, log and count every row, but keep only the first n users of a job: for files
    whose users would not fit into the emulator's memory. None keeps all."""

    texts: Texts = field(default_factory=Texts)
    """Texts that are not on record. Nothing may depend on them."""

    @classmethod
    def profile(cls, name: Any) -> ImportSettings:
        """Return the settings of a profile: `documented`, `hostile` or `observed`.

        Raises:
            InvalidSettingError: The profile is unknown, or has no facts file that can be used.
        """
        if name == OBSERVED:
            try:
                found = observed(paths_of_environment())
            except FactsFileError as error:
                raise InvalidSettingError(str(error)) from error
            return cls().changed(dict(found.settings))
        if not isinstance(name, str) or name not in PROFILES:
            known = ", ".join(PROFILE_NAMES)
            raise InvalidSettingError(f"{name} is not a profile; there are {known}")
        return cls().changed(dict(PROFILES[name]))

    def changed(self, changes: dict[str, Any]) -> ImportSettings:
        """Return these settings with `changes`, a mapping from field name to JSON value.

        Raises:
            InvalidSettingError: When a name is unknown or a value has the wrong type.
        """
        hints = get_type_hints(ImportSettings)
        for name, value in changes.items():
            if name not in hints:
                raise InvalidSettingError(f"{name} is not a setting; there are {_names()}")
            if name != "texts" and not fits(value, hints[name]):
                raise InvalidSettingError(
                    f"{name} cannot be {value!r}; give {expected(hints[name])}"
                )
        given = dict(changes)
        if "texts" in given:
            given["texts"] = self._changed_texts(given["texts"])
        return replace(self, **given)

    def _changed_texts(self, texts: Any) -> Texts:
        known = {each.name for each in fields(Texts)}
        if not isinstance(texts, dict) or not set(texts) <= known:
            raise InvalidSettingError(f"texts is an object with any of {', '.join(sorted(known))}")
        if not all(isinstance(text, str) for text in texts.values()):
            raise InvalidSettingError("every text is a string")
        return replace(self.texts, **texts)

    def as_json(self) -> dict[str, Any]:
        """Return all settings as JSON values."""
        return asdict(self)


def settings_of_variable(text: str) -> dict[str, Any]:
    """Return the changes to a profile that the settings variable has.

    Raises:
        InvalidSettingError: It is not a JSON object.
    """
    try:
        given = json.loads(text or "{}")
    except ValueError as error:
        raise InvalidSettingError(_NOT_AN_OBJECT) from error
    if not isinstance(given, dict):
        raise InvalidSettingError(_NOT_AN_OBJECT)
    return given


_NOT_AN_OBJECT = (
    f'{SETTINGS_VARIABLE} is not a JSON object; give one of settings, such as {{"rows_per_second": '
    "0}, or unset the variable"
)


def _names() -> str:
    return ", ".join(sorted(each.name for each in fields(ImportSettings)))
