"""Imports: a spreadsheet of people between its upload and the last of its rows.

The cells are kept only until the import is applied or thrown away: they are other people's data, often of people who
never become volunteers.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.accounts import Account
from roster.models.base import Base, HasId, words
from roster.models.jobs import Job
from roster.models.units import Unit


class ImportState(StrEnum):
    OPEN = "open"
    """Uploaded and looked at; nothing is written."""
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_under_way(self) -> bool:
        return self in (ImportState.QUEUED, ImportState.RUNNING)


class PeopleImport(HasId, Base):
    """One spreadsheet for a unit and all beneath it.

    `cells`: its rows as gzipped JSON, None once they are not needed. `header_row`: where the names of the columns
    stand, from 0; None if there are none. `columns`: what each column holds ("full_name", "phone", …; "" is not
    read). `rows_done` of `rows` are dealt with. `report`: what became of them (see `imports.people`).
    """

    __tablename__ = "people_imports"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    state: Mapped[ImportState] = mapped_column(words(ImportState, "state"), default=ImportState.OPEN)
    file_name: Mapped[str] = mapped_column(String(200))
    sheet_name: Mapped[str] = mapped_column(String(200), default="")
    first_row: Mapped[int] = mapped_column(default=1)
    """The number that the spreadsheet gives to the first of the rows kept."""
    cells: Mapped[bytes | None] = mapped_column(LargeBinary)
    header_row: Mapped[int | None]
    columns: Mapped[list[str]]
    rows: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()
    asked_by: Mapped[Account] = relationship()
    job: Mapped[Job | None] = relationship()
