"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None

SCHEMA = "leadline_state"


def upgrade() -> None:
    """Forward only: going back is restoring a backup."""
    ${upgrades if upgrades else "pass"}
