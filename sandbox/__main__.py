"""python -m sandbox: starts sandboxd."""

import sys

from sandbox.daemon import main

sys.exit(main())
