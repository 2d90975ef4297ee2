"""Where one town's installation keeps what it owns: database, files, models, secret."""

import os
import secrets
from pathlib import Path


def home() -> Path:
    """Return the folder of this installation (`LINLI_HOME`, by default `.linli` here)."""
    return Path(os.environ.get("LINLI_HOME", ".linli")).resolve()


def secret_key() -> str:
    """Read the installation's signing key, made at the first start and kept to its owner."""
    path = home() / "secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
