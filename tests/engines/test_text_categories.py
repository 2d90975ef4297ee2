import csv
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from linli.engines.text import CategoryModel, NotAModelError

DATA = Path(os.environ.get("LINLI_DATA", Path(__file__).parents[3] / "shared" / "data"))

PHRASES = {
    "道路照明": ["路灯不亮", "路灯损坏", "街道没有路灯，晚上很黑", "路灯杆倾斜", "照明线路故障"],
    "噪音扰民": ["夜间施工噪音", "KTV噪音扰民", "广场舞音响太吵", "工地半夜施工吵得睡不着", "噪声"],
    "欠薪": ["拖欠农民工工资", "公司不发工资", "老板欠薪跑路", "工资被克扣", "加班费没有发"],
    "垃圾": ["垃圾没人清运", "小区垃圾成堆", "乱倒建筑垃圾", "垃圾桶满溢发臭", "垃圾站臭味"],
}
TEXTS = [phrase for phrases in PHRASES.values() for phrase in phrases]
LABELS = [category for category, phrases in PHRASES.items() for _ in phrases]


@pytest.fixture(scope="module")
def model() -> CategoryModel:
    return CategoryModel.fit(TEXTS, LABELS)


def test_a_few_example_phrases_start_a_town_without_data(model):
    suggested = model.suggest(
        [
            "我们村口的路灯已经坏了半个月，请派人来修。",
            "隔壁工地每天半夜施工，噪音大得没法睡。",
            "包工头拖欠我们二十多个农民工的工资。",
            "小区门口垃圾成堆，一直没人来清运。",
        ]
    )

    assert suggested.best == ["道路照明", "噪音扰民", "欠薪", "垃圾"]


def test_probabilities_of_a_message_add_up_to_one(model):
    suggested = model.suggest([*TEXTS, "", "????"])

    assert suggested.probabilities.shape == (len(TEXTS) + 2, 4)
    np.testing.assert_allclose(suggested.probabilities.sum(axis=1), 1, atol=1e-5)
    assert suggested.categories == model.classes == tuple(sorted(PHRASES))


def test_a_message_of_unknown_words_gets_no_confident_category(model):
    known, unknown = model.suggest(["路灯不亮", "quarterly derivatives prospectus"]).confidence

    assert unknown < 0.5 < known


def test_the_likeliest_categories_come_first(model):
    ((first, second),) = model.suggest(["垃圾站臭味和噪音"]).top(2)

    assert first[1] >= second[1]
    assert {first[0], second[0]} == {"垃圾", "噪音扰民"}


def test_training_text_may_come_segmented_without_its_stop_words():
    segmented = [
        "小区 路灯 坏 晚上 黑",
        "路灯 不亮 半个 月",
        "工地 半夜 施工 噪音",
        "KTV 噪音 扰民 睡不着",
    ]
    learnt = CategoryModel.fit(segmented, ["照明", "照明", "噪音", "噪音"])

    best = learnt.suggest(["我们这里的路灯都不亮了", "楼下的KTV每天晚上都有很大的噪音"]).best

    assert best == ["照明", "噪音"]


def test_a_stored_model_says_the_same(model, tmp_path):
    model.save(tmp_path / "categories.npz")
    loaded = CategoryModel.load(tmp_path / "categories.npz")

    assert loaded.fingerprint == model.fingerprint
    assert loaded.classes == model.classes
    np.testing.assert_array_equal(
        loaded.suggest(TEXTS).probabilities, model.suggest(TEXTS).probabilities
    )


def test_the_same_examples_give_the_same_fingerprint_and_others_another(model):
    assert CategoryModel.fit(TEXTS, LABELS).fingerprint == model.fingerprint
    assert CategoryModel.fit(TEXTS[:-1], LABELS[:-1]).fingerprint != model.fingerprint


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04broken"])
def test_a_file_that_is_no_model_is_refused(tmp_path, content):
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(NotAModelError):
        CategoryModel.load(tmp_path / "file")


def test_a_model_of_another_kind_is_refused(tmp_path):
    from linli.engines.text import ReplyQuality

    replies = ["已收悉，已转交有关部门。", "经核实，该路灯线路老化，已于3月2日更换。"]
    ReplyQuality.fit(["路灯不亮", "路灯坏了"], replies, [0, 1]).save(tmp_path / "replies.npz")

    with pytest.raises(NotAModelError):
        CategoryModel.load(tmp_path / "replies.npz")


@pytest.mark.parametrize(
    ("texts", "labels"), [([], []), (["路灯"], []), (["！", "…"], ["照明", "噪音"])]
)
def test_nothing_to_learn_from_is_refused(texts, labels):
    with pytest.raises(ValueError, match=r"nothing|texts|word"):
        CategoryModel.fit(texts, labels)


def test_one_or_two_categories_are_enough():
    one = CategoryModel.fit(["路灯坏", "路灯不亮"], ["照明", "照明"])
    two = CategoryModel.fit(
        ["路灯坏", "路灯不亮", "垃圾成堆", "垃圾发臭"], ["灯", "灯", "脏", "脏"]
    )

    assert one.suggest(["垃圾"]).best == ["照明"]
    assert two.suggest(["路灯坏了", "一堆垃圾"]).best == ["灯", "脏"]


def test_a_model_of_nothing_asked_answers_nothing(model):
    assert len(model.suggest([])) == 0


def test_raw_messages_are_categorised_by_a_model_of_segmented_ones():
    """Every other real token row; raw messages whose own token row was left out."""
    raw = read("labelled.csv")
    tokens = read("labelled_tokens.csv")
    from linli.engines.text import content_words, sketch, twin_groups

    texts = [f"{row['subject']} {row['body']}" for row in raw] + [row["tokens"] for row in tokens]
    group = twin_groups(sketch([" ".join(words) for words in content_words(texts)]))
    among_raw = set(group[: len(raw)].tolist())
    learnt = [
        row
        for at, row in enumerate(tokens)
        if at % 2 and int(group[len(raw) + at]) not in among_raw
    ]
    model = CategoryModel.fit(
        [row["tokens"] for row in learnt], [row["category"] for row in learnt]
    )

    suggested = model.suggest(texts[: len(raw)])
    right = np.array(suggested.best) == [row["category"] for row in raw]

    assert right.mean() > 0.82
    # Sure ones are right: that is what the threshold of the intake stands on.
    assert right[suggested.confidence > 0.9].mean() > 0.92


def read(name: str) -> list[dict[str, str]]:
    path = DATA / "messages" / name
    if not path.exists():
        pytest.skip(f"{path} is not here; LINLI_DATA names the folder that holds messages/")
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
