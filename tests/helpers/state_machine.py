"""An interpreter of the import workflow's definition, so that no test has a workflow of its own."""

from __future__ import annotations

import functools
import json
from typing import Any


@functools.cache
def workflow() -> dict[str, Any]:
    """Return the definition that the construct deploys."""
    # Only tests that run the workflow load the CDK.
    from cdk_cognito_user_import.workflow import definition

    return definition("worker")


class Interpreter:
    """One execution of the workflow, always at a task that is to be called at some time.

    It knows the part of the Amazon States Language that the definition uses, and has no clock: the
    caller invokes the worker with `payload` when it is `due`, and says whether that succeeded. The
    waits of retries are as long as they can be.

    Attributes:
        due: The time of the next call.
        ends_at: The time at which the execution times out.
        attempts: The number of failed calls of the present task.
        over: Whether the execution has ended.
        failed: Whether it has ended with an error that no state catches.
        data: The input of the present state.
        waits: The names of the Wait states that it has been in.
        started: The executions that it has started, as `Name` and `Input`.
    """

    def __init__(self, its_input: dict[str, Any], now: float, started_at: str) -> None:
        self._context = {
            "Execution": {"Input": its_input, "StartTime": started_at},
            "StateMachine": {"Id": "machine"},
        }
        self._state: dict[str, Any] = {}
        self.data: dict[str, Any] = {}
        self.due = now
        self.ends_at = now + workflow()["TimeoutSeconds"]
        self.attempts = 0
        self.over = self.failed = False
        self.waits: list[str] = []
        self.started: list[dict[str, Any]] = []
        self._enter(workflow()["StartAt"], its_input, now)

    @property
    def payload(self) -> dict[str, Any]:
        """The event of the next call of the worker."""
        return self._filled(self._state["Parameters"]["Payload"])

    def _filled(self, parameters: dict[str, Any]) -> dict[str, Any]:
        filled: dict[str, Any] = {}
        for name, value in parameters.items():
            if name.endswith(".$"):
                filled[name.removesuffix(".$")] = self._value(value)
            else:
                filled[name] = self._filled(value) if isinstance(value, dict) else value
        return filled

    @property
    def step(self) -> str:
        """The step that is called next."""
        return str(self.payload["step"])

    def succeed(self, result: dict[str, Any], now: float) -> None:
        """Go on with the result of the call."""
        output = {"Payload": result}
        self._leave(self._at(self._state["OutputPath"].removeprefix("$"), output), now)

    def fail(self, error: str, message: str, now: float) -> None:
        """Retry the call, or catch its error, or fail."""
        for retry in self._state["Retry"]:
            if {error, "States.ALL"} & set(retry["ErrorEquals"]):
                if self.attempts < retry["MaxAttempts"]:
                    pause = retry["IntervalSeconds"] * retry["BackoffRate"] ** self.attempts
                    self.due = now + min(pause, retry.get("MaxDelaySeconds", pause))
                    self.attempts += 1
                    return
                break
        cause = json.dumps({"errorMessage": message, "errorType": error})
        for catch in self._state.get("Catch", ()):
            if {error, "States.ALL"} & set(catch["ErrorEquals"]):
                name = catch["ResultPath"].removeprefix("$.")
                caught = {**self.data, name: {"Error": error, "Cause": cause}}
                self._enter(catch["Next"], caught, now)
                return
        self.over = self.failed = True

    def _leave(self, data: dict[str, Any], now: float) -> None:
        if self._state.get("End"):
            self.over = True
        else:
            self._enter(self._state["Next"], data, now)

    def _enter(self, name: str, data: dict[str, Any], now: float) -> None:
        self._state, self.data, self.attempts = workflow()["States"][name], data, 0
        match self._state["Type"]:
            case "Task" if "startExecution" in self._state["Resource"]:
                self.started.append(self._filled(self._state["Parameters"]))
                self._leave(data, now)
            case "Task":
                self.due = now
            case "Pass":
                self._leave(self._value(self._state["OutputPath"]), now)
            case "Succeed":
                self.over = True
            case "Wait":
                self.waits.append(name)
                self._leave(data, now + self._value(self._state["SecondsPath"]))
            case "Choice":
                chosen = (
                    choice["Next"] for choice in self._state["Choices"] if self._holds(choice)
                )
                self._enter(next(chosen, self._state["Default"]), data, now)

    def _holds(self, rule: dict[str, Any]) -> bool:
        if "And" in rule:
            return all(map(self._holds, rule["And"]))
        *parents, name = rule["Variable"].removeprefix("$").split(".")
        holder = self._at(".".join(parents), self.data)
        if "IsPresent" in rule:
            return (name in holder) is rule["IsPresent"]
        # A rule about a variable that is not there fails the execution, here with a KeyError.
        value = holder[name]
        if "BooleanEquals" in rule:
            return value is rule["BooleanEquals"]
        return bool(value == rule["StringEquals"])

    def _value(self, path: str) -> Any:
        if path.startswith("$$"):
            return self._at(path.removeprefix("$$"), self._context)
        return self._at(path.removeprefix("$"), self.data)

    @staticmethod
    def _at(path: str, data: Any) -> Any:
        return functools.reduce(lambda found, name: found[name], path.split(".")[1:], data)
