"""`python -m recanvass`."""

from recanvass.cli.main import main

raise SystemExit(main())
