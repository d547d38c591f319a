"""The authority file that was accepted: which spellings mean one park, body or person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base, PrimaryKey, Sha256


class AuthorityFile(Base):
    """An authority file as it was accepted; the last one is in force."""

    __tablename__ = "authority_files"

    id: Mapped[PrimaryKey]
    sha256: Mapped[Sha256] = mapped_column(comment="of the text")
    text: Mapped[str] = mapped_column(comment="TOML, as it was given")
    accepted_at: Mapped[datetime]


class AuthorityName(Base):
    """A spelling, and the preferred name it means; several rows where it stands for several."""

    __tablename__ = "authority_names"
    __table_args__ = (Index("ix_authority_names_name", "vocabulary", "name"),)

    vocabulary: Mapped[str] = mapped_column(primary_key=True, comment="park or agent")
    spelling: Mapped[str] = mapped_column(primary_key=True, comment="exactly as the site has it")
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(comment="preferred")
    kind: Mapped[str] = mapped_column(comment="park, body or person")
