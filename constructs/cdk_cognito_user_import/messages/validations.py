"""Messages of the checks of the complete app."""

from __future__ import annotations


def log_outlives_key(resource: str, key: str) -> str:
    """A log group or queue is retained, but not its key."""
    return (
        f"{resource} is retained when the stack is deleted, but the key {key} that encrypts it is "
        "not: after the key's waiting period of 30 days it is unreadable. Give both the same "
        "removal policy."
    )


def inline_policies_too_long(characters: int, most: int) -> str:
    """The inline policies of a role exceed IAM's quota."""
    return (
        f"The inline policies of the role have about {characters:,} characters, and IAM allows "
        f"{most:,}; grant the role less."
    )


def too_many_managed_policies(policies: int, most: int) -> str:
    """A role has more managed policies than IAM's quota."""
    return (
        f"The role has {policies} managed policies, and IAM allows {most} unless AWS has raised "
        "your quota; attach fewer."
    )


def managed_policy_too_long(characters: int, most: int) -> str:
    """A managed policy exceeds IAM's quota."""
    return (
        f"The managed policy has about {characters:,} characters, and IAM allows {most:,}; grant "
        "the role less."
    )


def logs_role_untrusting(role: str, principal: str) -> str:
    """Cognito may not assume the logs role."""
    return (
        f"Amazon Cognito may not assume the logs role {role}, so that no import could start. Give "
        f'the role assumed_by=iam.ServicePrincipal("{principal}"), or leave logs_role out. '
        "Trust that add_property_override adds is not seen: assign assume_role_policy_document of "
        "the CfnRole instead."
    )


def pool_with_domain_in_vpc(user_pool: str) -> str:
    """Warning: the functions cannot reach Cognito for a pool with a domain."""
    return (
        f"The user pool {user_pool} has a domain, and Amazon Cognito's interface endpoint does not "
        "serve such pools. The functions of the import are in subnets without a route to the "
        "internet: give them subnets with a NAT gateway, or leave the VPC out."
    )


def normalized(file: str, changes: str) -> str:
    """Info: values are normalized."""
    return f"{file}: {changes}"


def left_for_deployment(file: str, checks: str) -> str:
    """Info: some checks need the deployed user pool."""
    return f"{file}: left for the deployment, where the user pool is known: {checks}"


def rule_broken(file: str, rule: str, findings: int, text: str) -> str:
    """The heading of a rule's findings: the users cannot be imported."""
    return f"{file} cannot be imported ({_counted(rule, findings)}): {text}"


def rule_warned(file: str, rule: str, findings: int, text: str) -> str:
    """Warning: the heading of a rule's findings, which do not prevent the import."""
    return f"{file} ({_counted(rule, findings)}): {text}"


def _counted(rule: str, findings: int) -> str:
    return rule if findings == 1 else f"{rule}, {findings:,} times"


def line_of_file(file: str, line: int, column: str) -> str:
    """A place in a file, which editors and terminals open; `column` may be empty."""
    return f"{file}:{line}: column {column}" if column else f"{file}:{line}"


def more_places(places: int) -> str:
    """The number of findings of a rule whose places are not listed."""
    return f"and {places:,} more."


def lost_warning(path: str, warning: str) -> str:
    """A warning, where the synth fails and only errors are shown."""
    return f"Warning of {path}: {warning}"


def no_auto_verify() -> str:
    """Cognito starts no import for the user pool."""
    return (
        "The user pool verifies neither email addresses nor phone numbers automatically, and "
        "Amazon Cognito starts no import for such a pool; set auto_verify on it."
    )
