"""Keys in the key service that storage asks, as a customer would have them."""

import base64
import os
import secrets
import uuid
from pathlib import Path

from kernel.identifiers import new_id
from marketplace import customer_keys
from marketplace.models import CustomerKey
from tenancy.models import Workspace
from tenancy.principals import user_principal


def new_key() -> str:
    """The name of a key that nobody uses yet."""
    name = f"k-{new_id().hex}"
    file = Path(os.environ["KEY_SERVICE_FOLDER"]) / f"{name}.key"
    file.write_bytes(base64.b64encode(secrets.token_bytes(32)))
    return name


def use_new_key(workspace: Workspace, owner: uuid.UUID) -> CustomerKey:
    """Let the workspace's files be encrypted with a key of its own. In the tenant's scope."""
    return customer_keys.use(workspace, new_key(), actor=user_principal(owner))
