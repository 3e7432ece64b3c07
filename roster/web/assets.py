"""Built styles, scripts, fonts and icons: found by plain name, served under hashed ones, cached for ever.

The manifest is written by `frontend/build.mjs`. It is read when a page first asks for an asset, so that commands
which draw no page (migrations, the worker) run without a build.
"""

import json
import re
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from flask import Flask, current_app
from whitenoise import WhiteNoise

from roster import paths

HASHED = re.compile(r"-[0-9A-Za-z]{8,}\.[a-z0-9]+$")
PREFIX = "static"


class AssetsMissing(RuntimeError):
    """The assets are not built, or an asset is asked for that no build makes."""


def init_app(app: Flask) -> None:
    """Serve the built files before Flask sees the request, and give templates `asset(name)`."""
    if paths.ASSETS.is_dir():
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app,
            root=str(paths.ASSETS),
            prefix=PREFIX,
            immutable_file_test=_is_hashed,
            add_headers_function=_add_headers,
        )
    app.add_template_global(asset)


def asset(name: str) -> str:
    """The address of a built file: asset("app.js") → "/static/app-1A2B3C4D.js". Raises AssetsMissing."""
    return f"/{PREFIX}/{file_of(name)}"


def file_of(name: str) -> str:
    """What a built file is really called. Raises AssetsMissing."""
    manifest = current_app.extensions.setdefault("assets", {}) or _read_manifest()
    current_app.extensions["assets"] = manifest
    if name not in manifest:
        raise AssetsMissing(f"No asset is called {name!r}; the last build made {', '.join(sorted(manifest))}")
    return manifest[name]


def _read_manifest() -> dict[str, str]:
    try:
        manifest: dict[str, str] = json.loads((paths.ASSETS / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AssetsMissing(
            "The styles and scripts are not built. Build them with: npm ci --prefix frontend && "
            "npm run --prefix frontend build (python3 dev.py demo does it by itself)"
        ) from None
    return manifest


def _is_hashed(_path: str, url: str) -> bool:
    return HASHED.search(url) is not None


def _add_headers(headers: Headers, _path: str | Path, _url: Any) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
