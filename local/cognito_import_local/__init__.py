"""An AWS on a laptop that knows Cognito's CSV user import jobs.

MiniStack is the cloud; in front of it is the import service, which no emulator has.
Public are `LocalAws`, to run it from Python, `ImportSettings` and `Texts`, what can be set, and
`CloudFormationDriver`, which plays CloudFormation to a custom resource. The pytest plugin has
fixtures for them.

    with LocalAws() as aws:
        aws.configure(seconds_pending=5)
        aws.client("cognito-idp").create_user_pool(PoolName="demo")
"""

from .client.cloudformation_driver import CloudFormationDriver
from .client.local_aws import LocalAws, LocalAwsError
from .messages import Texts
from .settings import ImportSettings

__all__ = ["CloudFormationDriver", "ImportSettings", "LocalAws", "LocalAwsError", "Texts"]
