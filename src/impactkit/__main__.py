"""Run the command line: ``python -m impactkit``."""

import sys

from impactkit.cli import main

sys.exit(main())
