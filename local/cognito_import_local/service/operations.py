"""The six operations of the import service (facts §2.1, §4)."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any

from ..http_messages import HttpRequest, HttpResponse, json_response
from ..messages import no_upload
from .cloud import UnauthenticatedError
from .import_job import ImportJob, Status, new_job_id
from .import_log import ImportLog, group_name
from .job_runner import JobRunner
from .parameters import Parameters
from .rate_quotas import RateQuotas
from .service_error import (
    ErrorCode,
    ServiceError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..faults import Faults
    from ..settings import ImportSettings
    from .clock import Clock
    from .cloud import Caller, Cloud
    from .job_store import JobStore
    from .upload_urls import UploadUrls
    from .user_pool import UserPool

_LOGGER = logging.getLogger("cognito_import_local")
TARGET = "AWSCognitoIdentityProviderService."
_SERVICE = "cognito-idp.amazonaws.com"
_TOKEN = re.compile(r"(?P<pool>[^#]+)#(?P<job>[^#]+)#\d+")


class Operations:
    """Answers the six operations."""

    def __init__(
        self,
        *,
        cloud: Cloud,
        jobs: JobStore,
        urls: UploadUrls,
        clock: Clock,
        faults: Faults,
        settings: Callable[[], ImportSettings],
    ) -> None:
        self._cloud = cloud
        self._jobs = jobs
        self._urls = urls
        self._clock = clock
        self._faults = faults
        self._quotas = RateQuotas(clock)
        self._settings = settings
        self._operations: Mapping[str, Callable[[Caller, Parameters], dict[str, Any]]] = {
            "CreateUserImportJob": self._create,
            "DescribeUserImportJob": self._describe,
            "GetCSVHeader": self._header,
            "ListUserImportJobs": self._list,
            "StartUserImportJob": self._start,
            "StopUserImportJob": self._stop,
        }

    def serves(self, target: str) -> bool:
        """Return whether an X-Amz-Target is one of the six."""
        return target.startswith(TARGET) and target.removeprefix(TARGET) in self._operations

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a request to one of the six."""
        name = request.headers["x-amz-target"].removeprefix(TARGET)
        try:
            caller = self._cloud.caller_of(request)
            given = _parsed(request.body)
            pool_id = given.get("UserPoolId")
            resource = caller.scope.pool_arn(pool_id) if isinstance(pool_id, str) else "*"
            caller.require(f"cognito-idp:{name}", resource)
            self._meter(name, caller, str(pool_id))
            answer = self._operations[name](caller, Parameters(given))
        except UnauthenticatedError as refused:
            return refused.response
        except ServiceError as error:
            return _error_response(error, request.request_id)
        except Exception:
            _LOGGER.exception("%s", name)
            internal = ServiceError(ErrorCode.INTERNAL, "An internal error occurred.")
            return _error_response(internal, request.request_id)
        return json_response(answer, request.request_id)

    def _meter(self, name: str, caller: Caller, pool_id: str) -> None:
        settings = self._settings()
        scope = caller.scope
        if settings.rate_quotas and not self._quotas.admits(
            name, scope.account, scope.region, pool_id
        ):
            raise ServiceError(ErrorCode.TOO_MANY_REQUESTS, settings.texts.too_many_requests)

    def _create(self, caller: Caller, given: Parameters) -> dict[str, Any]:
        name, role_arn = given.job_name(), given.role_arn()
        algorithm = given.algorithm()
        pool = self._pool(caller, given)
        settings = self._settings()
        sent = {"iam:PassedToService": _SERVICE} if settings.sends_passed_to_service else {}
        caller.require("iam:PassRole", role_arn, sent)
        job = ImportJob(
            job_id=new_job_id(),
            name=name,
            pool_id=pool.pool_id,
            account=caller.scope.account,
            region=caller.scope.region,
            role_arn=role_arn,
            algorithm=algorithm,
            url="",
            created=self._clock.now(),
        )
        job = job.with_url(self._urls.url(job, settings.upload_url_seconds))
        self._jobs.add(job)
        return {"UserImportJob": job.as_answer()}

    def _describe(self, caller: Caller, given: Parameters) -> dict[str, Any]:
        return {"UserImportJob": self._shown(self._job(caller, given))}

    def _header(self, caller: Caller, given: Parameters) -> dict[str, Any]:
        pool = self._pool(caller, given)
        header = pool.header(password_hash=self._settings().password_hash_eligible)
        return {"UserPoolId": pool.pool_id, "CSVHeader": header}

    def _list(self, caller: Caller, given: Parameters) -> dict[str, Any]:
        size, token = given.max_results(), given.token()
        pool = self._pool(caller, given)
        most = self._settings().page_size_at_most
        if most is not None:
            size = min(size, max(1, most))
        jobs = self._jobs.listed(caller.scope.account, pool.pool_id, first_page=token is None)
        if token is not None:
            jobs = jobs[self._place(token, pool, jobs) :]
        page = jobs[:size]
        answer: dict[str, Any] = {"UserImportJobs": [self._shown(job) for job in page]}
        if len(jobs) > size:
            last = page[-1]
            moment = int(last.created * 1000)
            answer["PaginationToken"] = f"{pool.pool_id}#{last.job_id}#{moment}"
        return answer

    def _place(self, token: str, pool: UserPool, jobs: list[ImportJob]) -> int:
        """Return where the page after a token begins (§2.1)."""
        match = _TOKEN.fullmatch(token)
        if match is not None and match["pool"] == pool.pool_id:
            for index, job in enumerate(jobs):
                if job.job_id == match["job"]:
                    return index + 1
        raise ServiceError(ErrorCode.INVALID_PARAMETER, self._settings().texts.page_token)

    def _start(self, caller: Caller, given: Parameters) -> dict[str, Any]:
        settings = self._settings()
        pool = self._pool(caller, given)
        job = self._job(caller, given)
        file = self._jobs.file(job.job_id)
        if job.status is Status.CREATED:
            if not pool.auto_verified:
                raise ServiceError(
                    ErrorCode.PRECONDITION_NOT_MET, settings.texts.no_auto_verified_attribute
                )
            if not file.exists():
                raise ServiceError(ErrorCode.PRECONDITION_NOT_MET, no_upload(job.job_id))
            arn = caller.scope.pool_arn(pool.pool_id)
            if settings.logs_role_fault == "refuse_start" and not self._cloud.roles.usable(
                caller.scope,
                role_arn=job.role_arn,
                group=group_name(pool),
                pool_arn=arn,
                settings=settings,
            ):
                raise ServiceError(ErrorCode.PRECONDITION_NOT_MET, settings.texts.logs_role)
        job = self._jobs.start(job.job_id, self._faults.slot_is_taken)
        if settings.logs_role_fault == "refuse_start":
            ImportLog(self._cloud.logs, job, pool, self._clock, settings.log_delay_seconds).test()
        JobRunner(
            cloud=self._cloud,
            job=job,
            pool=pool,
            file=file,
            store=self._jobs,
            clock=self._clock,
            settings=settings,
            fault=self._faults.job(),
        ).start()
        return {"UserImportJob": self._shown(job)}

    def _stop(self, caller: Caller, given: Parameters) -> dict[str, Any]:
        job = self._job(caller, given)
        return {"UserImportJob": self._shown(self._jobs.stop(job.job_id))}

    def _pool(self, caller: Caller, given: Parameters) -> UserPool:
        pool_id = given.pool_id()
        pool = self._cloud.pools.find(caller.scope, pool_id)
        if pool is None:
            raise ServiceError(ErrorCode.RESOURCE_NOT_FOUND, f"User pool {pool_id} does not exist.")
        return pool

    def _job(self, caller: Caller, given: Parameters) -> ImportJob:
        job_id = given.job_id()
        pool = self._pool(caller, given)
        return self._jobs.find(caller.scope.account, pool.pool_id, job_id)

    def _shown(self, job: ImportJob) -> dict[str, Any]:
        """Return a job as later answers show it; its URL is a matter of settings (§8 U13)."""
        settings = self._settings()
        if settings.describe_url == "none":
            job = job.with_url("")
        elif settings.describe_url == "fresh" and job.status is Status.CREATED:
            job = job.with_url(self._urls.url(job, settings.upload_url_seconds))
        answer = job.as_answer()
        if (
            settings.unknown_status
            and job.status is Status.IN_PROGRESS
            and self._jobs.is_first_look(job.job_id)
        ):
            answer["Status"] = settings.unknown_status
        return answer


def _error_response(error: ServiceError, request_id: str) -> HttpResponse:
    response = json_response(
        {"__type": error.code, "message": str(error)}, request_id, status=error.status
    )
    headers = {**response.headers, "x-amzn-errortype": error.code.value}
    return HttpResponse(response.status, headers, response.body)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body or b"{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise ServiceError(ErrorCode.SERIALIZATION, "The body is not a JSON object")
    return given
