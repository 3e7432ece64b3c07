"""Measurements, not tests: how long the solver takes on problems of a province's size."""
