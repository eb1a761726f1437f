"""The import workflow: runs the imports of a stack, or of several.

import_workflow.py      ImportWorkflow: puts the parts together
functions.py            the two functions, their roles and rights
state_machine.py        the state machine, its definition, its role, its log group
broken_executions.py    the rule that calls the starter for broken executions
readable_logs.py        the check that no log group outlives its key
network.py              the rights of functions in a VPC
dead_letters.py         the rights to a dead-letter queue
attributes.py           the attributes of a workflow that an import needs
shared_workflow.py      a workflow of another app, by its exports or ARNs
"""

from .attributes import WorkflowAttributes
from .import_workflow import ImportWorkflow
from .state_machine import definition

__all__ = ["ImportWorkflow", "WorkflowAttributes", "definition"]
