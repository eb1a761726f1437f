"""Run the command line: `python -m cdk_cognito_user_import`."""

import sys

from .cli import main

sys.exit(main())
