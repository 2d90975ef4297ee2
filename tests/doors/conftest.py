from tests.cases.conftest import morning, town

__all__ = ["morning", "town"]
