import pytest
from django.utils import translation
from tests.small_town import SmallTown


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def town(tmp_path):
    return SmallTown(tmp_path / "lake")
