"""`python -m cognito_import_local`."""

from .cli import main

main()
