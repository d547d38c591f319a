"""What a person should look at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base, PrimaryKey


class ArchiveIssue(Base):
    """Something odd at an address, from the run that found it until a run no longer does."""

    __tablename__ = "issues"
    __table_args__ = (
        Index("ix_issues_open", "url", sqlite_where=text("closed_run IS NULL")),
        Index("ix_issues_code", "code"),
    )

    id: Mapped[PrimaryKey]
    url: Mapped[str]
    code: Mapped[str]
    detail: Mapped[str]
    source: Mapped[str] = mapped_column(comment="page, file or text: who found it")
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resources.id"))
    opened_run: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    opened_at: Mapped[datetime]
    closed_run: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
