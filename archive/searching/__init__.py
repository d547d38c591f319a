"""Asking the archive in French: words, phrases and fields, in records and in pages of files."""
