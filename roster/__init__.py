"""The Flask application of the rostering service. `roster.app.create_app` builds it."""

__version__ = "0.1.0"
