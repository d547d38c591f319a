"""Which records are one: what a person confirmed, or denied."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base, JsonColumn


class SameAs(Base):
    """Two records that a person said are one, or are not: a node and the media it became, say."""

    __tablename__ = "same_as"

    earlier_id: Mapped[str] = mapped_column(ForeignKey("records.id"), primary_key=True)
    later_id: Mapped[str] = mapped_column(ForeignKey("records.id"), primary_key=True, index=True)
    verdict: Mapped[str] = mapped_column(comment="confirmed or denied")
    evidence: Mapped[JsonColumn] = mapped_column(comment="what spoke for it then, in words")
    decided_at: Mapped[datetime]
