import numpy as np
import pytest

from linli.engines.text import (
    NEAR_TWIN,
    band_keys,
    resemblance,
    sketch,
    twin_groups,
    twin_pairs,
)

FIRST = (
    "投诉小区旁边的搅拌站噪音扰民。我们小区旁边建了一个大型搅拌站，运渣车每天从早到晚进出，"
    "噪音很大，灰尘满天飞，老人和孩子都没法休息，请领导尽快派人来处理。"
)
REWORDED = (
    "投诉小区旁边搅拌站噪音扰民！我们小区旁建了一个大型搅拌站，运渣车每天从早到晚进出，"
    "噪音特别大，灰尘满天飞，老人和小孩都没法休息，希望领导尽快派人来处理。"
)
OTHER = (
    "请问人才购房补贴什么时候发放？本人去年硕士毕业后落户，三月份在人才网上提交了申请，"
    "一直显示审核中，电话也打不通，请有关部门给一个准确的时间。"
)


def shingles(text: str) -> set[str]:
    letters = "".join(character for character in text if character.isalnum())
    return {letters[at : at + 3] for at in range(len(letters) - 2)}


def test_a_complaint_posted_again_in_other_punctuation_is_the_same():
    first, again = sketch([FIRST, FIRST.replace("，", " ").replace("。", "！！")])

    assert resemblance(first, again) == 1


def test_a_reworded_complaint_is_a_near_twin_and_another_matter_is_not():
    first, reworded, other = sketch([FIRST, REWORDED, OTHER])

    assert resemblance(first, reworded) >= NEAR_TWIN
    assert resemblance(first, other) < NEAR_TWIN / 2


def test_resemblance_estimates_shared_shingles():
    random = np.random.default_rng(0)
    letters = np.array([chr(code) for code in range(0x4E00, 0x4E00 + 2000)])
    errors = []
    for kept in (0.2, 0.5, 0.8):
        for _ in range(20):
            base = random.choice(letters, 300)
            cut = int(300 * kept)
            one, two = "".join(base), "".join([*base[:cut], *random.choice(letters, 300 - cut)])
            a, b = shingles(one), shingles(two)
            sketched = resemblance(*sketch([one, two]))
            errors.append(float(sketched) - len(a & b) / len(a | b))

    assert abs(np.mean(errors)) < 0.02
    assert np.abs(errors).max() < 0.15


def test_a_sketch_does_not_depend_on_the_other_messages():
    together = sketch([FIRST, OTHER, "路灯不亮"])

    np.testing.assert_array_equal(together[2], sketch(["路灯不亮"])[0])


@pytest.mark.parametrize("text", ["灯", "路灯", "路灯坏"])
def test_very_short_messages_resemble_themselves(text):
    a, b = sketch([text, f"{text}！"])

    assert resemblance(a, b) == 1


def test_messages_without_a_letter_resemble_nothing():
    empty = sketch(["", "？？？", FIRST])

    assert resemblance(empty[0], empty).tolist() == [0, 0, 0]
    assert twin_groups(empty).tolist() == [0, 1, 2]


def test_one_message_is_compared_with_many_at_once():
    sketches = sketch([FIRST, REWORDED, OTHER])

    found = resemblance(sketches[0], sketches)

    assert found.shape == (3,)
    assert found[0] == 1
    assert found.argmin() == 2


def test_near_twins_are_grouped_in_order_of_appearance():
    sketches = sketch([OTHER, FIRST, "路灯不亮", REWORDED, OTHER])

    assert twin_groups(sketches).tolist() == [0, 1, 2, 1, 0]
    assert [pair.tolist() for pair in twin_pairs(sketches)] == [[0, 1], [4, 3]]


def test_near_twins_share_a_key_of_the_index():
    first, reworded, _ = band_keys(sketch([FIRST, REWORDED, OTHER]))

    assert set(first.tolist()) & set(reworded.tolist())


def test_no_messages_give_no_sketches():
    assert sketch([]).shape[0] == 0
    assert twin_groups(sketch([])).tolist() == []
