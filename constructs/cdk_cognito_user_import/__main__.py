"""``python -m cdk_cognito_user_import``: see ``cli``."""

import sys

from .cli import main

sys.exit(main())
