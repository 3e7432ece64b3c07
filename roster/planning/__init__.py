"""The bridge to the solver: rows to Problem, Solution to draft, and the record of each run."""
