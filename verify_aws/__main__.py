"""`python -m verify_aws`."""

from .cli import main

if __name__ == "__main__":
    main()
