"""What is archived, read again by another reader: what is left, what would change, what does."""
