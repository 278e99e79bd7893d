"""When a customer receives visits, and the map app that a member uses."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | Sequence[str] | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("opening", JSON, nullable=False, server_default="{}"))
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("map_app", sa.String(32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.drop_column("map_app")
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_column("opening")
