"""Rooms, players and rounds."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """The first tables."""
    op.create_table(
        "rooms",
        sa.Column("code", sa.String(5), primary_key=True),
        sa.Column("opened_at", sa.Float, nullable=False, index=True),
    )
    op.create_table(
        "players",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("room", sa.String(5), nullable=False),
        sa.Column("nickname", sa.String(20), nullable=False),
        sa.Column("skeleton", sa.String(80), nullable=False),
        sa.Column("secret", sa.String(64), nullable=False, unique=True),
        sa.Column("joined_at", sa.Float, nullable=False, index=True),
        sa.UniqueConstraint("room", "skeleton", name="one_of_a_name_in_a_room"),
    )
    op.create_table(
        "rounds",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column(
            "player",
            sa.String(32),
            sa.ForeignKey("players.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("demo", sa.String(40), nullable=False),
        sa.Column("yours", sa.Float, nullable=False),
        sa.Column("machine", sa.Float),
        sa.Column("played_at", sa.Float, nullable=False),
    )


def downgrade() -> None:
    """None of it."""
    for name in ("rounds", "players", "rooms"):
        op.drop_table(name)
