"""Whoever runs the service finds every setting in docs/operations.md, and none that does not exist."""

import re
from pathlib import Path

import dev
from roster import config

NAME = re.compile(r"\bROSTER_[A-Z0-9_]+\b")


def test_every_setting_is_documented_and_every_documented_setting_exists():
    read = set(NAME.findall(Path(config.__file__).read_text(encoding="utf-8")))
    rows = (dev.ROOT / "docs" / "operations.md").read_text(encoding="utf-8").splitlines()
    documented = {match[0] for line in rows if line.startswith("| `") and (match := NAME.search(line))}

    assert read == documented
