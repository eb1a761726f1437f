"""A local AWS with Cognito's CSV user import jobs.

MiniStack emulates AWS; the import service, which no emulator has, runs in front of it. Public are
`LocalAws`, which runs both from Python, `ImportSettings` and `Texts`, its settings, and
`CloudFormationDriver`, which sends CloudFormation's requests to a custom resource. The fixtures for
tests are in `cognito_import_local.pytest_plugin`.

The layers, each of which imports only those below:

    cli               the command
    server            HTTP: the API, the upload endpoint, the control API; app.py joins all parts
    emulator          MiniStack, adapted; nothing else imports it, and only server/app.py this
    service, client   the import service; the Python clients of a running server
    settings, messages, faults, http_messages, control_paths, extra
                      values that several layers share

    with LocalAws() as aws:
        aws.configure(seconds_pending=5)
        aws.client("cognito-idp").create_user_pool(PoolName="demo")
"""

from .client.cloudformation_driver import CloudFormationDriver
from .client.local_aws import LocalAws, LocalAwsError
from .messages import Texts
from .settings import ImportSettings

__all__ = ["CloudFormationDriver", "ImportSettings", "LocalAws", "LocalAwsError", "Texts"]
