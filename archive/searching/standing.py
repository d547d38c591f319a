"""Ask for words as of a past moment: of a connection that `archive.catalogue.as_of` laid out.

Most records read then as they read today, and their files were the same: of those the index tells
what they held. The few others are told by their own texts of that moment: the page as it was read
then, and the pages of the files that were current then, which the index knows still. Only the
order is today's: how well a record fits is what the index says of its words now.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, text

from archive.models import CatalogueRecord, RecordVersion, SearchUnit
from archive.searching.asking import Asker, fetch, holds
from archive.searching.preparing import own_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.searching.asking import Row
    from archive.searching.planning import Leaf, Plan

# Names without `main` are those laid over them: what stood then.
_CHANGED: Final = text(
    "SELECT unit FROM records JOIN main.records AS today USING (id) "
    "JOIN search_units ON search_units.record_id = id "
    "WHERE records.version_id IS NOT today.version_id "
    "UNION SELECT unit FROM record_files JOIN held_files USING (url) "
    "JOIN main.held_files AS today USING (url) JOIN search_units USING (record_id) "
    "WHERE held_files.sha256 <> today.sha256"
)
_PARTS: Final = text(
    "SELECT own.unit, own.unit, own.last_row FROM search_units AS own "
    "WHERE own.unit IN (SELECT value FROM json_each(:records)) "
    "UNION SELECT own.unit, file.unit, file.last_row FROM search_units AS own "
    "JOIN record_files ON record_files.record_id = own.record_id JOIN held_files USING (url) "
    "JOIN search_units AS file ON file.sha256 = held_files.sha256 "
    "WHERE own.unit IN (SELECT value FROM json_each(:records)) ORDER BY 1, 2"
)
_FILES_WITH: Final = {
    table: text(
        f"SELECT DISTINCT unit FROM {table} CROSS JOIN search_rows "  # noqa: S608  # constants only
        f"ON search_rows.row = {table}.rowid WHERE {table} MATCH :asked AND page > 0 "
        "AND unit IN (SELECT value FROM json_each(:files))"
    )
    for table in ("page_index", "page_stems")
}


class StandingAsker(Asker):
    """Answers plans for the moment that its connection answers for."""

    def expression(self, plan: Plan) -> str:
        """Return nothing: no question to the index alone says what was true then."""
        del plan
        return ""

    def holding(self, leaf: Leaf) -> set[int]:
        """Return the units of the records that held a leaf then."""
        today = super().holding(leaf) - self._own.keys()
        return today | self._held_on_pages(leaf) | self._held_in_files(leaf)

    def parts(self, records: Sequence[int]) -> list[Row]:
        """Return what these records were found by then."""
        return fetch(self.connection, _PARTS, {"records": json.dumps(list(records))})

    @cached_property
    def _own(self) -> dict[int, tuple[str, str, str]]:
        """The title, names and body then of each record that read otherwise, or had other files."""
        changed = [unit for (unit,) in fetch(self.connection, _CHANGED)]
        query = (
            select(SearchUnit.unit, RecordVersion.data)
            .join(CatalogueRecord, CatalogueRecord.id == SearchUnit.record_id)
            .join(RecordVersion, RecordVersion.id == CatalogueRecord.version_id)
            .where(SearchUnit.unit.in_(changed))
        )
        return {unit: own_texts(data) for unit, data in self.connection.execute(query)}

    @cached_property
    def _files(self) -> dict[int, set[int]]:
        """The files then of each of these records, by their units."""
        files: dict[int, set[int]] = {}
        for record, first, _ in self.parts(list(self._own)):
            if first != record:
                files.setdefault(record, set()).add(first)
        return files

    def _held_on_pages(self, leaf: Leaf) -> set[int]:
        if self.place == "pdf" and not leaf.title:
            return set()
        return {
            unit
            for unit, (title, names, body) in self._own.items()
            if holds(leaf, title if leaf.title else f"{title}\n{names}\n{body}")
        }

    def _held_in_files(self, leaf: Leaf) -> set[int]:
        if self.place == "page" or leaf.title or not self._files:
            return set()
        table, asked = self.on_page(leaf)
        files = json.dumps(sorted(set().union(*self._files.values())))
        rows = fetch(self.connection, _FILES_WITH[table], {"asked": asked, "files": files})
        holding = {unit for (unit,) in rows}
        return {record for record, own in self._files.items() if own & holding}
