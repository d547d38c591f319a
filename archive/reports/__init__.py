"""Reports a person likes to read: as text, as JSON, as one self-contained HTML page."""
