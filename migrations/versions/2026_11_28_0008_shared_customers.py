"""Customers that several reps serve, and whose turn it is in a week."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | Sequence[str] | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "shared_customers",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        *_of_team("shared_customers"),
        sa.PrimaryKeyConstraint("customer_id", "member_id", name=op.f("pk_shared_customers")),
    )
    op.create_index("ix_shared_customers_member_id", "shared_customers", ["member_id"])
    op.create_table(
        "shared_weeks",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        *_of_team("shared_weeks"),
        sa.PrimaryKeyConstraint("customer_id", "starts_on", name=op.f("pk_shared_weeks")),
    )
    op.create_index("ix_shared_weeks_team_id_starts_on", "shared_weeks", ["team_id", "starts_on"])


def _of_team(table: str) -> tuple[sa.ForeignKeyConstraint, sa.ForeignKeyConstraint]:
    return (
        sa.ForeignKeyConstraint(
            ["team_id", "customer_id"],
            ["customers.team_id", "customers.id"],
            name=op.f(f"fk_{table}_team_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "member_id"], ["members.team_id", "members.id"], name=op.f(f"fk_{table}_team_id_member_id")
        ),
    )


def downgrade() -> None:
    op.drop_table("shared_weeks")
    op.drop_table("shared_customers")
