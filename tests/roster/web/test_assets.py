"""Built files: found by name, and their absence said with the remedy."""

from pathlib import Path

import pytest
from flask import Flask

from roster import paths
from roster.web.assets import AssetsMissing, asset


def test_a_built_file_is_found_by_its_plain_name(app: Flask):
    with app.app_context():
        assert asset("app.js").startswith("/static/app-")


def test_a_name_no_build_makes_is_said(app: Flask):
    with app.app_context(), pytest.raises(AssetsMissing, match=r"nothing\.js"):
        asset("nothing.js")


def test_without_a_build_the_remedy_is_said(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(paths, "ASSETS", tmp_path)

    with app.app_context(), pytest.raises(AssetsMissing, match=r"npm run --prefix frontend build"):
        asset("app.js")
