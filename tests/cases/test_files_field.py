"""What a field for files says of itself."""

from django.utils.translation import override

from linli.cases.forms import FilesField


def test_the_advice_beside_a_field_for_files_is_in_the_language_of_the_page():
    with override("zh-hans"):
        field = FilesField()

    with override("en"):
        assert "at most 9" in str(field.help_text)
    with override("zh-hans"):
        assert "最多9个" in str(field.help_text)
