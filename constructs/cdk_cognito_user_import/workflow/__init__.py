"""The import workflow: what runs the imports of a stack, or of several.

import_workflow.py      ImportWorkflow: puts the parts together
functions.py            the two functions, their roles and rights
state_machine.py        the state machine, its definition, its role, its log
unanswered.py           the rule that has the starter answer for broken executions
network.py              the rights that functions in a VPC need
dead_letters.py         what a dead-letter queue needs, where one is given
shared.py               a workflow of another stack, by its attributes
"""

from .attributes import WorkflowAttributes
from .import_workflow import ImportWorkflow
from .state_machine import definition

__all__ = ["ImportWorkflow", "WorkflowAttributes", "definition"]
