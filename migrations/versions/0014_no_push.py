"""Drop the table for notices in browsers: nothing can encrypt them here, and a table without use misleads."""

import sqlalchemy as sa
from alembic import op

revision = "0014_no_push"
down_revision = "0013_service_level"

CHANNELS = ("email", "telegram", "zalo", "webhook")


def upgrade() -> None:
    op.drop_index("ix_push_subscriptions_account_id", table_name="push_subscriptions")
    op.drop_table("push_subscriptions")
    op.execute("DELETE FROM deliveries WHERE channel = 'push'")
    _allow_channels(CHANNELS)


def downgrade() -> None:
    _allow_channels((*CHANNELS, "push"))
    op.create_table(
        "push_subscriptions",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.String(length=600), nullable=False),
        sa.Column("p256dh", sa.String(length=120), nullable=False),
        sa.Column("auth", sa.String(length=40), nullable=False),
        sa.Column("device", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_push_subscriptions_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscriptions_endpoint")),
    )
    op.create_index("ix_push_subscriptions_account_id", "push_subscriptions", ["account_id"], unique=False)


def _allow_channels(channels: tuple[str, ...]) -> None:
    values = ", ".join(f"'{channel}'" for channel in channels)
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.drop_constraint(op.f("ck_deliveries_channel"), type_="check")
        deliveries.create_check_constraint(op.f("ck_deliveries_channel"), f"channel IN ({values})")
