"""Where the files that are not Python lie: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    packed = PACKAGE / name
    return packed if packed.is_dir() else PACKAGE.parent / name


TEMPLATES = _folder("templates")
MIGRATIONS = _folder("migrations")
TRANSLATIONS = PACKAGE / "translations"
ASSETS = PACKAGE / "static" / "dist"
