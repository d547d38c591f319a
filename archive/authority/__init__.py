"""The authority file: which spellings of parks, bodies and people mean one."""
