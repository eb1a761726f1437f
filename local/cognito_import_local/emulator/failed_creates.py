"""A custom resource whose Create failed is deleted.

AWS: "When a CREATE operation fails, CloudFormation will automatically issue a DELETE operation with
the PhysicalResourceId submitted by the FAILED response" (aws/aws-cdk#5525). Where no response came,
or one without an id, CloudFormation makes up the id (remind101/empire#918). A rollback sends this
Delete, and so does the deletion of a stack that was created without rollback; until then the
resource is in CREATE_FAILED.

MiniStack forgets the resource. Used: `custom_resource.invoke_custom_resource`, `register_token`,
`_pending`; `stacks._roll_back_operation`, whose `operation` lists what is to be deleted; the
`_resources` and `_failed_operation` of a stack.

Setting: none; always on.
"""

from __future__ import annotations

import importlib
import threading
import uuid
from dataclasses import dataclass
from typing import Any

from ministack.core.responses import now_iso

_CLOUDFORMATION = "ministack.services.cloudformation"
CREATE_FAILED = "CREATE_FAILED"
"""The status of a resource whose Create failed."""


@dataclass(frozen=True, slots=True)
class _FailedCreate:
    physical_id: str
    kind: str
    properties: dict[str, Any]


_failed: dict[tuple[str, str], _FailedCreate] = {}
"""By stack id and logical id, until the stack has the resource."""


def patch() -> None:
    """Keep failed Creates, and delete them in rollbacks, once CloudFormation has been imported."""
    _keep_failed_creates()
    stacks: Any = importlib.import_module(f"{_CLOUDFORMATION}.stacks")
    roll_back = stacks._roll_back_operation

    async def roll_back_all(
        name: str, stack_id: str, stack: Any, operation: Any, *rest: Any, **more: Any
    ) -> None:
        add_failed(stack, operation)
        await roll_back(name, stack_id, stack, operation, *rest, **more)

    stacks._roll_back_operation = roll_back_all


def add_failed(stack: Any, operation: Any) -> None:
    """Give a stack the resource whose Create failed in an operation, and note it as created."""
    logical_id = operation.get("failed_logical_id")
    failed = _failed.pop((stack["StackId"], logical_id), None)
    if failed is None:
        return
    stack["_resources"][logical_id] = {
        "PhysicalResourceId": failed.physical_id,
        "ResourceType": failed.kind,
        "ResourceStatus": CREATE_FAILED,
        "LogicalResourceId": logical_id,
        "Properties": failed.properties,
        "Attributes": {},
        "Timestamp": now_iso(),
    }
    operation["created"].append(logical_id)


def _keep_failed_creates() -> None:
    module: Any = importlib.import_module(f"{_CLOUDFORMATION}.custom_resource")
    invoke, register = module.invoke_custom_resource, module.register_token
    # The thread that waits for the answer registers the token.
    request = threading.local()

    def register_kept(token: str) -> Any:
        event = register(token)
        request.entry = module._pending[token]
        return event

    def invoke_kept(kind: str, *request_of: Any, **more: Any) -> Any:
        request.entry = None
        try:
            return invoke(kind, *request_of, **more)
        except Exception:
            if kind == "Create" and request.entry is not None:
                logical_id, properties, stack_name, stack_id, resource_type = request_of
                answer = request.entry["result"] or {}
                made_up = f"{stack_name}-{logical_id}-{uuid.uuid4().hex[:12].upper()}"
                _failed[stack_id, logical_id] = _FailedCreate(
                    answer.get("PhysicalResourceId") or made_up, resource_type, properties
                )
            raise

    module.register_token, module.invoke_custom_resource = register_kept, invoke_kept
