"""Trying the service: a scenario is loaded, its present week planned and published, and somebody can sign in."""
