"""A worker process does all that a clock asks for; without it nobody would be reminded, and no error would say so."""

from pathlib import Path

from roster.config import Settings
from roster.services import confirming, imports, places
from roster.worker import process


def test_a_worker_reminds_chases_passes_places_on_and_forgets_old_lists(tmp_path: Path):
    settings = Settings(home=tmp_path, database_url="sqlite://", secret_key="secret")

    post = process.post_of(settings)

    assert set(post.chores) == {confirming.remind, confirming.chase, places.pass_on, imports.forget_old}
