"""What somebody who tries the service needs: a login per role and a calendar of each kind, kept in ROSTER_HOME.

Passwords and calendar addresses are stored as hashes only, so this file, readable by its owner alone, is the one place
that can show them again. If it is lost, new ones are made.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FILE = "demo.json"


@dataclass(frozen=True, slots=True)
class Credentials:
    """base: the address people reach the service at. feeds: for each kind, a calendar's path below `base`."""

    scenario: str
    base: str
    logins: tuple[Mapping[str, str], ...]
    feeds: Mapping[str, str]

    def as_links(self) -> dict[str, Any]:
        """The shape scripts rely on: base, logins (role, name, password), feeds (kind → whole address)."""
        return {
            "base": self.base,
            "logins": [dict(login) for login in self.logins],
            "feeds": {kind: f"{self.base}{path}" for kind, path in self.feeds.items()},
        }


def read(home: Path) -> dict[str, Credentials]:
    """Every scenario's credentials by scenario id, the one shown last at the end; empty before the first demo."""
    try:
        kept = json.loads((home / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {one["scenario"]: Credentials(**{**one, "logins": tuple(one["logins"])}) for one in kept}


def keep(home: Path, shown: Credentials) -> None:
    """Remember a scenario's credentials as the ones shown last."""
    others = [one for scenario, one in read(home).items() if scenario != shown.scenario]
    text = json.dumps([asdict(one) for one in (*others, shown)], ensure_ascii=False, indent=2)
    unfinished = home / f"{FILE}.new"
    unfinished.unlink(missing_ok=True)
    # Made readable for its owner alone, not narrowed afterwards; and put in place whole or not at all.
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    unfinished.replace(home / FILE)
