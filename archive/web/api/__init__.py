"""The archive for programs: JSON under ``/api``, described by itself. See docs/api.md."""
