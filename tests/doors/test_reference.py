"""The reference of the API is a page of the house, in both languages."""

import json

import pytest

from linli.doors import keys
from linli.doors.api import api
from linli.rest import Shape


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Take a report in"), ("zh-hans", "提交上报")]
)
def test_the_page_shows_every_operation_in_the_language_of_the_reader(client, db, language, words):
    page = client.get("/api/", headers={"accept-language": language}).content.decode()

    document = json.loads(api.document(language))
    for methods in document["paths"].values():
        for told in methods.values():
            assert f'id="{told["operationId"]}"' in page
    assert words in page
    for scope in keys.scopes():
        assert f"<code>{scope}</code>" in page


def test_the_document_has_no_english_words_for_chinese_readers():
    told = json.dumps(json.loads(api.document("zh-hans"))["paths"], ensure_ascii=False)

    def words(part):
        if isinstance(part, dict):
            for key, value in part.items():
                if key in ("summary", "description") and isinstance(value, str):
                    yield value
                else:
                    yield from words(value)
        elif isinstance(part, list):
            for inner in part:
                yield from words(inner)

    foreign = {text for text in words(json.loads(told)) if text.isascii() and text.strip()}
    assert foreign == set()


def test_no_two_shapes_have_one_name_in_the_document():
    names = [shape.__name__ for shape in _all(Shape)]

    assert len(names) == len(set(names)), {name for name in names if names.count(name) > 1}


def _all(shape):
    return [each for below in shape.__subclasses__() for each in (below, *_all(below))]
