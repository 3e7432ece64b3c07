"""Lay down every table of the first release: there is nothing to migrate from."""

import sqlalchemy as sa
from alembic import op

revision = "0001_first_tables"
down_revision = None

TABLES = (  # those that refer to others before the others
    "publication_changes",
    "pins",
    "draft_assignments",
    "assignments",
    "shifts",
    "runs",
    "roles",
    "publications",
    "feed_tokens",
    "audit_entries",
    "account_links",
    "weekly_availability",
    "team_members",
    "rosters",
    "person_qualifications",
    "demand_patterns",
    "availability_exceptions",
    "accounts",
    "teams",
    "sites",
    "programmes",
    "periods",
    "people",
    "units",
    "qualifications",
    "jobs",
    "holidays",
    "feed_documents",
)


def upgrade() -> None:
    op.create_table(
        "feed_documents",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("alarm_minutes", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("drawn_changes", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("body_gzip", sa.LargeBinary(), nullable=True),
        sa.Column("etag", sa.String(length=64), nullable=False),
        sa.Column("etag_gzip", sa.String(length=64), nullable=False),
        sa.Column("last_modified", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('volunteer', 'team', 'unit', 'site')", name=op.f("ck_feed_documents_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_documents")),
        sa.UniqueConstraint(
            "kind",
            "target_id",
            "language",
            "alarm_minutes",
            name=op.f("uq_feed_documents_kind_target_id_language_alarm_minutes"),
        ),
    )
    op.create_table(
        "holidays",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name_vi", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("instead_of", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('holiday', 'day_off', 'working_day')", name=op.f("ck_holidays_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holidays")),
        sa.UniqueConstraint("day", name=op.f("uq_holidays_day")),
    )
    op.create_table(
        "jobs",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_jobs_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index(op.f("ix_jobs_state_run_after"), "jobs", ["state", "run_after"])

    op.create_table(
        "qualifications",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_vi", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualifications")),
        sa.UniqueConstraint("code", name=op.f("uq_qualifications_code")),
    )
    op.create_table(
        "units",
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_sort", sa.String(length=400), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_units_parent_id_units")),
        sa.CheckConstraint(
            "kind IN ('nation', 'province', 'district', 'commune', 'branch', 'university', 'school', 'agency')",
            name=op.f("ck_units_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
    )
    op.create_index(op.f("ix_units_name_sort"), "units", ["name_sort"])
    op.create_index(op.f("ix_units_parent_id"), "units", ["parent_id"])
    op.create_index(op.f("ix_units_path"), "units", ["path"])

    op.create_table(
        "people",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column("name_sort", sa.String(length=400), nullable=False),
        sa.Column("name_search", sa.String(length=200), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("home_latitude", sa.Double(), nullable=True),
        sa.Column("home_longitude", sa.Double(), nullable=True),
        sa.Column("shares_name", sa.Boolean(), nullable=False),
        sa.Column("newcomer", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("max_turns", sa.Integer(), nullable=True),
        sa.Column("max_minutes", sa.Integer(), nullable=True),
        sa.Column("max_turns_per_day", sa.Integer(), nullable=True),
        sa.Column("rest_minutes", sa.Integer(), nullable=True),
        sa.Column("max_km", sa.Integer(), nullable=True),
        sa.Column("availability_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("max_minutes IS NULL OR max_minutes >= 0", name=op.f("ck_people_max_minutes")),
        sa.CheckConstraint("max_turns IS NULL OR max_turns >= 0", name=op.f("ck_people_max_turns")),
        sa.CheckConstraint(
            "max_turns_per_day IS NULL OR max_turns_per_day >= 0", name=op.f("ck_people_max_turns_per_day")
        ),
        sa.CheckConstraint("rest_minutes IS NULL OR rest_minutes >= 0", name=op.f("ck_people_rest_minutes")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_people_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_index(op.f("ix_people_name_search"), "people", ["name_search"])
    op.create_index(op.f("ix_people_name_sort"), "people", ["name_sort"])
    op.create_index(op.f("ix_people_unit_id"), "people", ["unit_id"])

    op.create_table(
        "periods",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_periods_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_periods")),
        sa.UniqueConstraint("unit_id", "first_day", name=op.f("uq_periods_unit_id_first_day")),
    )
    op.create_index(op.f("ix_periods_first_day"), "periods", ["first_day"])

    op.create_table(
        "programmes",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_programmes_unit_id_units")),
        sa.CheckConstraint(
            "kind IN ('desk', 'saturday', 'sunday', 'weekend', 'evening', 'holiday', 'home_visits', "
            "'outing', 'training')",
            name=op.f("ck_programmes_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
    )
    op.create_index(op.f("ix_programmes_unit_id"), "programmes", ["unit_id"])

    op.create_table(
        "sites",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_sort", sa.String(length=400), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("promised_min", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("promised_min IS NULL OR promised_min >= 0", name=op.f("ck_sites_promised_min")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_sites_unit_id_units")),
        sa.CheckConstraint(
            "kind IN ('service_center', 'desk', 'cultural_house', 'market', 'company', 'home_visits', "
            "'school', 'other')",
            name=op.f("ck_sites_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )
    op.create_index(op.f("ix_sites_name_sort"), "sites", ["name_sort"])
    op.create_index(op.f("ix_sites_unit_id"), "sites", ["unit_id"])

    op.create_table(
        "teams",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_sort", sa.String(length=400), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_teams_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
    )
    op.create_index(op.f("ix_teams_name_sort"), "teams", ["name_sort"])
    op.create_index(op.f("ix_teams_unit_id"), "teams", ["unit_id"])

    op.create_table(
        "accounts",
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("theme", sa.String(length=5), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_accounts_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("login", name=op.f("uq_accounts_login")),
        sa.UniqueConstraint("person_id", name=op.f("uq_accounts_person_id")),
    )
    op.create_table(
        "availability_exceptions",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_availability_exceptions_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_availability_exceptions_person_id_people"), ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            "level IN ('preferred', 'available', 'if_needed', 'not')", name=op.f("ck_availability_exceptions_level")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_exceptions")),
    )
    op.create_index(op.f("ix_availability_exceptions_person_id"), "availability_exceptions", ["person_id"])

    op.create_table(
        "demand_patterns",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("holiday_policy", sa.String(length=20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_type", sa.String(length=20), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=True),
        sa.Column("requires", sa.JSON(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("pool", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("adults_only", sa.Boolean(), nullable=False),
        sa.Column("all_or_nothing", sa.Boolean(), nullable=False),
        sa.CheckConstraint("maximum IS NULL OR maximum >= target", name=op.f("ck_demand_patterns_maximum")),
        sa.CheckConstraint("minimum >= 0 AND target >= minimum", name=op.f("ck_demand_patterns_minimum_target")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_demand_patterns_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_demand_patterns_site_id_sites")),
        sa.CheckConstraint(
            "holiday_policy IN ('skip', 'keep', 'only')", name=op.f("ck_demand_patterns_holiday_policy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_patterns")),
    )
    op.create_index(op.f("ix_demand_patterns_programme_id"), "demand_patterns", ["programme_id"])
    op.create_index(op.f("ix_demand_patterns_site_id"), "demand_patterns", ["site_id"])

    op.create_table(
        "person_qualifications",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("qualification_id", sa.Integer(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_qualifications_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["qualification_id"],
            ["qualifications.id"],
            name=op.f("fk_person_qualifications_qualification_id_qualifications"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_qualifications")),
        sa.UniqueConstraint(
            "person_id", "qualification_id", name=op.f("uq_person_qualifications_person_id_qualification_id")
        ),
    )
    op.create_index(op.f("ix_person_qualifications_person_id"), "person_qualifications", ["person_id"])
    op.create_index(op.f("ix_person_qualifications_qualification_id"), "person_qualifications", ["qualification_id"])

    op.create_table(
        "rosters",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("published_number", sa.Integer(), nullable=False),
        sa.Column("published_revision", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_rosters_period_id_periods")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rosters")),
        sa.UniqueConstraint("period_id", name=op.f("uq_rosters_period_id")),
    )
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_team_members_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_members")),
        sa.UniqueConstraint("team_id", "person_id", name=op.f("uq_team_members_team_id_person_id")),
    )
    op.create_index(op.f("ix_team_members_person_id"), "team_members", ["person_id"])
    op.create_index(op.f("ix_team_members_team_id"), "team_members", ["team_id"])

    op.create_table(
        "weekly_availability",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("half", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_weekly_availability_weekday")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_weekly_availability_person_id_people"), ondelete="CASCADE"
        ),
        sa.CheckConstraint("half IN ('morning', 'afternoon', 'evening')", name=op.f("ck_weekly_availability_half")),
        sa.CheckConstraint(
            "level IN ('preferred', 'available', 'if_needed', 'not')", name=op.f("ck_weekly_availability_level")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_availability")),
        sa.UniqueConstraint("person_id", "weekday", "half", name=op.f("uq_weekly_availability_person_id_weekday_half")),
    )
    op.create_index(op.f("ix_weekly_availability_person_id"), "weekly_availability", ["person_id"])

    op.create_table(
        "account_links",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_account_links_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.CheckConstraint("purpose IN ('invitation', 'password')", name=op.f("ck_account_links_purpose")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_links_token_hash")),
    )
    op.create_index(op.f("ix_account_links_account_id"), "account_links", ["account_id"])

    op.create_table(
        "audit_entries",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_audit_entries_account_id_accounts")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_audit_entries_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index(op.f("ix_audit_entries_subject"), "audit_entries", ["subject"])
    op.create_index(op.f("ix_audit_entries_unit_id_at"), "audit_entries", ["unit_id", "at"])

    op.create_table(
        "feed_tokens",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("alarm_minutes", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_by", sa.String(length=100), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_feed_tokens_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.CheckConstraint("kind IN ('volunteer', 'team', 'unit', 'site')", name=op.f("ck_feed_tokens_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_feed_tokens_token_hash")),
    )
    op.create_index(op.f("ix_feed_tokens_account_id"), "feed_tokens", ["account_id"])
    op.create_index(op.f("ix_feed_tokens_kind_target_id"), "feed_tokens", ["kind", "target_id"])

    op.create_table(
        "publications",
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["accounts.id"], name=op.f("fk_publications_published_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(["roster_id"], ["rosters.id"], name=op.f("fk_publications_roster_id_rosters")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("roster_id", "number", name=op.f("uq_publications_roster_id_number")),
    )
    op.create_table(
        "roles",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(kind = 'center') = (site_id IS NOT NULL)", name=op.f("ck_roles_center_has_site")),
        sa.CheckConstraint("(kind = 'center') = (unit_id IS NULL)", name=op.f("ck_roles_others_have_unit")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_roles_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_roles_site_id_sites")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_roles_unit_id_units")),
        sa.CheckConstraint(
            "kind IN ('administrator', 'coordinator', 'center', 'volunteer')", name=op.f("ck_roles_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
    )
    op.create_index(op.f("ix_roles_account_id"), "roles", ["account_id"])
    op.create_index(op.f("ix_roles_site_id"), "roles", ["site_id"])
    op.create_index(op.f("ix_roles_unit_id"), "roles", ["unit_id"])

    op.create_table(
        "runs",
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("roster_revision", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("seconds_limit", sa.Integer(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("problem", sa.LargeBinary(), nullable=True),
        sa.Column("problem_sha256", sa.String(length=64), nullable=True),
        sa.Column("progress", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["accounts.id"], name=op.f("fk_runs_asked_by_id_accounts")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_runs_job_id_jobs")),
        sa.ForeignKeyConstraint(["roster_id"], ["rosters.id"], name=op.f("fk_runs_roster_id_rosters")),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'optimal', 'feasible', 'infeasible', 'cancelled', 'unknown', 'failed')",
            name=op.f("ck_runs_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_job_id"), "runs", ["job_id"])
    op.create_index(op.f("ix_runs_roster_id"), "runs", ["roster_id"])

    op.create_table(
        "shifts",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("pattern_id", sa.Integer(), nullable=True),
        sa.Column("pattern_day", sa.Date(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("cancel_reason", sa.String(length=300), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_type", sa.String(length=20), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=True),
        sa.Column("requires", sa.JSON(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("pool", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("adults_only", sa.Boolean(), nullable=False),
        sa.Column("all_or_nothing", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shifts_ends_after_start")),
        sa.CheckConstraint("maximum IS NULL OR maximum >= target", name=op.f("ck_shifts_maximum")),
        sa.CheckConstraint("minimum >= 0 AND target >= minimum", name=op.f("ck_shifts_minimum_target")),
        sa.ForeignKeyConstraint(
            ["pattern_id"], ["demand_patterns.id"], name=op.f("fk_shifts_pattern_id_demand_patterns")
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_shifts_programme_id_programmes")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_shifts_site_id_sites")),
        sa.CheckConstraint("state IN ('open', 'cancelled')", name=op.f("ck_shifts_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
        sa.UniqueConstraint("pattern_id", "pattern_day", name=op.f("uq_shifts_pattern_id_pattern_day")),
        sa.UniqueConstraint("uid", name=op.f("uq_shifts_uid")),
    )
    op.create_index(op.f("ix_shifts_programme_id"), "shifts", ["programme_id"])
    op.create_index(op.f("ix_shifts_site_id_starts_at"), "shifts", ["site_id", "starts_at"])
    op.create_index(op.f("ix_shifts_starts_at"), "shifts", ["starts_at"])

    op.create_table(
        "assignments",
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_assignments_person_id_people")),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_assignments_shift_id_shifts")),
        sa.CheckConstraint("state IN ('active', 'cancelled')", name=op.f("ck_assignments_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint("shift_id", "person_id", name=op.f("uq_assignments_shift_id_person_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_assignments_uid")),
    )
    op.create_index(op.f("ix_assignments_person_id_state"), "assignments", ["person_id", "state"])

    op.create_table(
        "draft_assignments",
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_draft_assignments_person_id_people")),
        sa.ForeignKeyConstraint(
            ["roster_id"], ["rosters.id"], name=op.f("fk_draft_assignments_roster_id_rosters"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_draft_assignments_shift_id_shifts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_assignments")),
        sa.UniqueConstraint(
            "roster_id", "shift_id", "person_id", name=op.f("uq_draft_assignments_roster_id_shift_id_person_id")
        ),
    )
    op.create_index(op.f("ix_draft_assignments_person_id"), "draft_assignments", ["person_id"])
    op.create_index(op.f("ix_draft_assignments_shift_id"), "draft_assignments", ["shift_id"])

    op.create_table(
        "pins",
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_pins_person_id_people")),
        sa.ForeignKeyConstraint(
            ["roster_id"], ["rosters.id"], name=op.f("fk_pins_roster_id_rosters"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_pins_shift_id_shifts")),
        sa.CheckConstraint("state IN ('assigned', 'forbidden')", name=op.f("ck_pins_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pins")),
        sa.UniqueConstraint("roster_id", "shift_id", "person_id", name=op.f("uq_pins_roster_id_shift_id_person_id")),
    )
    op.create_index(op.f("ix_pins_person_id"), "pins", ["person_id"])
    op.create_index(op.f("ix_pins_shift_id"), "pins", ["shift_id"])

    op.create_table(
        "publication_changes",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_publication_changes_person_id_people")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_publication_changes_publication_id_publications")
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_publication_changes_shift_id_shifts")),
        sa.CheckConstraint("kind IN ('added', 'removed')", name=op.f("ck_publication_changes_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_changes")),
    )
    op.create_index(op.f("ix_publication_changes_person_id"), "publication_changes", ["person_id"])
    op.create_index(op.f("ix_publication_changes_publication_id"), "publication_changes", ["publication_id"])
    op.create_index(op.f("ix_publication_changes_shift_id"), "publication_changes", ["shift_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
