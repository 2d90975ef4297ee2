"""Where one town's installation keeps what it owns: database, files, models, secret."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any


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


def outside_accounts(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return where people may come from with an account of their own there (django-allauth).

    OpenID Connect: `LINLI_OIDC_URL`, `LINLI_OIDC_ID`, `LINLI_OIDC_SECRET`; `LINLI_OIDC_NAME` on the
    button, `LINLI_OIDC_FIELD` for the claim that names a person (`sub`). DingTalk:
    `LINLI_DINGTALK_ID`, `LINLI_DINGTALK_SECRET`.
    """
    found: dict[str, Any] = {}
    if url := environment.get("LINLI_OIDC_URL"):
        found["openid_connect"] = {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": environment.get("LINLI_OIDC_NAME", "OpenID Connect"),
                    "client_id": environment.get("LINLI_OIDC_ID", ""),
                    "secret": environment.get("LINLI_OIDC_SECRET", ""),
                    "settings": {
                        "server_url": url,
                        "uid_field": environment.get("LINLI_OIDC_FIELD", "sub"),
                    },
                }
            ],
        }
    if identifier := environment.get("LINLI_DINGTALK_ID"):
        secret = environment.get("LINLI_DINGTALK_SECRET", "")
        found["dingtalk"] = {"APP": {"client_id": identifier, "secret": secret}}
    return found
