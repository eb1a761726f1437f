"""An AWS on a laptop that knows Cognito's CSV user import jobs.

MiniStack is the cloud; in front of it is the import service, which no emulator has.
Public are `LocalAws`, to run it from Python, and `ImportSettings`, what can be set.

    with LocalAws() as aws:
        aws.configure(seconds_pending=5)
        aws.client("cognito-idp").create_user_pool(PoolName="demo")
"""

from .local_aws import LocalAws, LocalAwsError
from .settings import ImportSettings
from .texts import Texts

__all__ = ["ImportSettings", "LocalAws", "LocalAwsError", "Texts"]
