"""Run the long tests: `python -m tests.torture`."""

import sys

from tests.torture import mutations

if __name__ == "__main__":
    sys.exit(mutations.main())
