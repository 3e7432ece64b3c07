"""The commands of the file format: solve, check, explain, standins, convert."""
