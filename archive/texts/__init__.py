"""The texts of files: which wait to be read, what was read, and what it says against its record."""
