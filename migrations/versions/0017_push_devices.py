"""Tell people in the browsers they turn on, each device by itself; now there is what encrypts for them."""

import sqlalchemy as sa
from alembic import op

revision = "0017_push_devices"
down_revision = "0016_repairs"

CHANNELS = ("email", "telegram", "zalo", "webhook")
EVERY_OTHER = sa.text("channel <> 'push'")


def upgrade() -> None:
    op.create_table(
        "push_devices",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.String(length=1000), nullable=False),
        sa.Column("p256dh", sa.String(length=120), nullable=False),
        sa.Column("auth", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_push_devices_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_devices")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_devices_endpoint")),
    )
    op.create_index(op.f("ix_push_devices_account_id"), "push_devices", ["account_id"])
    _allow_channels((*CHANNELS, "push"))
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("device_id", sa.Integer(), nullable=True))
        deliveries.create_foreign_key(
            op.f("fk_deliveries_device_id_push_devices"), "push_devices", ["device_id"], ["id"], ondelete="SET NULL"
        )
        deliveries.create_index(op.f("ix_deliveries_device_id"), ["device_id"])
        deliveries.drop_constraint(op.f("uq_deliveries_letter_id_channel"), type_="unique")
        deliveries.create_unique_constraint(op.f("uq_deliveries_letter_id_device_id"), ["letter_id", "device_id"])
    op.create_index(
        "uq_deliveries_letter_id_channel",
        "deliveries",
        ["letter_id", "channel"],
        unique=True,
        sqlite_where=EVERY_OTHER,
        postgresql_where=EVERY_OTHER,
    )


def downgrade() -> None:
    op.execute("DELETE FROM deliveries WHERE channel = 'push'")
    op.drop_index("uq_deliveries_letter_id_channel", table_name="deliveries")
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.drop_constraint(op.f("uq_deliveries_letter_id_device_id"), type_="unique")
        deliveries.create_unique_constraint(op.f("uq_deliveries_letter_id_channel"), ["letter_id", "channel"])
        deliveries.drop_index(op.f("ix_deliveries_device_id"))
        deliveries.drop_constraint(op.f("fk_deliveries_device_id_push_devices"), type_="foreignkey")
        deliveries.drop_column("device_id")
    _allow_channels(CHANNELS)
    op.drop_index(op.f("ix_push_devices_account_id"), table_name="push_devices")
    op.drop_table("push_devices")


def _allow_channels(channels: tuple[str, ...]) -> None:
    values = ", ".join(f"'{channel}'" for channel in channels)
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.drop_constraint(op.f("ck_deliveries_channel"), type_="check")
        deliveries.create_check_constraint(op.f("ck_deliveries_channel"), f"channel IN ({values})")
