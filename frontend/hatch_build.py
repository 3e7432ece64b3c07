"""What a wheel holds that git does not: built assets and compiled translations.

A source archive carries both along, so a wheel can be built from it without Node.
"""

import sys
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        sys.path.insert(0, str(root))
        import dev

        dev.assets()
        catalogs = [_compiled(source) for source in sorted(dev.TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))]
        made = [dev.ASSETS, *catalogs]
        build_data["artifacts"] += [f"/{path.relative_to(root).as_posix()}" for path in made]


def _compiled(source: Path) -> Path:
    target = source.with_suffix(".mo")
    with source.open("rb") as text, target.open("wb") as binary:
        write_mo(binary, read_po(text, locale=source.parts[-3]))
    return target
