"""Questions people and programs ask of the archive: typed, bound, read-only.

Every function takes a connection of an open archive and never writes. What they tell of records
is the promoted state: readings of a run that was not accepted are never among it.
"""
