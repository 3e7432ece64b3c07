"""A library that makes rosters: a Problem in, a proved Solution out, and a referee that knows nothing of the engine.

Importing this package loads no OR-Tools (3 s and 107 MB): only `solver.engine` and what it imports do.
"""
