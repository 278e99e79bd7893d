"""Keep with each notice how it came to be told, with each person what is muted, with a message its parts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | Sequence[str] | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("notices", sa.Column("wall", sa.String(20), nullable=True))
    op.add_column("notices", sa.Column("facts", JSON, nullable=False, server_default=sa.text("'{}'")))
    op.create_index(
        "ix_notices_member_pending",
        "notices",
        ["member_id", "due_at"],
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.add_column("members", sa.Column("muted_kinds", JSON, nullable=False, server_default=sa.text("'[]'")))
    op.add_column("living_messages", sa.Column("parts", JSON, nullable=True))


def downgrade() -> None:
    op.drop_column("living_messages", "parts")
    op.drop_column("members", "muted_kinds")
    op.drop_index("ix_notices_member_pending", "notices")
    op.drop_column("notices", "facts")
    op.drop_column("notices", "wall")
