import pytest

from tests.small_town import SmallTown
from tests.web.conftest import enter, plain_static_files

__all__ = ["enter", "plain_static_files"]


@pytest.fixture
def town(db, tmp_path):
    small = SmallTown(tmp_path / "town")
    small.load()
    return small
