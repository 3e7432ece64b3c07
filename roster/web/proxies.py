"""Visitors behind a proxy of our own: their address, and whether they came by HTTPS, is what the proxy says.

Only as many proxies are believed as the settings name; further addresses in the header could be anybody's
invention, and sign-in is throttled by address.
"""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from roster.config import Settings


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    trusted = settings.trusted_proxies
    if trusted:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted)  # type: ignore[method-assign]
