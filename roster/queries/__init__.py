"""Reads: rows to frozen dataclasses, shared by pages, feeds and exports."""
