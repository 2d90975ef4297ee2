import csv
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from linli.engines.text import NotAModelError, ReplyQuality

DATA = Path(os.environ.get("LINLI_DATA", Path(__file__).parents[3] / "shared" / "data"))

MATTERS = [
    "路灯不亮",
    "搅拌站噪音",
    "购房补贴",
    "公交站牌",
    "垃圾清运",
    "学位申请",
    "医保报销",
    "井盖破损",
]
MESSAGES = [f"反映{matter}的问题，请有关部门尽快处理{matter}。" for matter in MATTERS] * 2
PASSED_ON = [
    f"网友：您好！留言已收悉，已转交有关部门处理。感谢您的支持！2019年{month}月3日"
    for month in range(1, 9)
]
EXPLAINED = [
    f"您好！经核实，关于{matter}一事，根据相关规定，我局已于5月2日派人到现场查看，"
    f"原因是设备老化，现已安排施工单位更换，预计本月底前完成{matter}的整改。"
    for matter in MATTERS
]
REPLIES = PASSED_ON + EXPLAINED
EXPLAINS = [0] * 8 + [1] * 8


@pytest.fixture(scope="module")
def quality() -> ReplyQuality:
    return ReplyQuality.fit(MESSAGES, REPLIES, EXPLAINS)


def test_a_reply_with_grounds_explains_itself_and_received_passed_on_does_not(quality):
    passed_on, explained = quality.score(
        ["请修桥"] * 2,
        [
            "您好，您的留言已收悉，已转交镇政府处理。",
            "经核实，该桥原因是年久老化，根据相关规定已安排施工单位加固，预计6月底前完成。",
        ],
    ).explains

    assert passed_on < 0.5 < explained


def test_a_reply_to_another_message_is_less_relevant(quality):
    own = quality.score([MESSAGES[0]], [EXPLAINED[0]]).relevant
    other = quality.score([MESSAGES[0]], [EXPLAINED[4]]).relevant

    assert own > other + 0.2


def test_scores_lie_between_zero_and_one(quality):
    scores = quality.score([*MESSAGES, "", "？"], [*REPLIES, "", "。"])

    assert len(scores) == 18
    for column in (scores.relevant, scores.complete, scores.explains):
        assert column.shape == (18,)
        assert ((column >= 0) & (column <= 1)).all()


def test_completeness_is_learnt_where_it_was_judged():
    complete = [0, 0, 0, 0, None, None, None, None, 1, 1, 1, 1, None, None, None, None]
    quality = ReplyQuality.fit(MESSAGES, REPLIES, EXPLAINS, complete)

    scored = quality.score(MESSAGES, REPLIES).complete

    assert scored[4:8].max() < scored[12:].min()


def test_a_stored_model_says_the_same(quality, tmp_path):
    quality.save(tmp_path / "replies.npz")
    loaded = ReplyQuality.load(tmp_path / "replies.npz")

    assert loaded.fingerprint == quality.fingerprint
    before, after = quality.score(MESSAGES, REPLIES), loaded.score(MESSAGES, REPLIES)
    np.testing.assert_array_equal(before.explains, after.explains)
    np.testing.assert_array_equal(before.complete, after.complete)
    np.testing.assert_array_equal(before.relevant, after.relevant)


def test_a_file_that_is_no_model_is_refused(tmp_path):
    (tmp_path / "file").write_text("relevant,complete\n1,1\n")

    with pytest.raises(NotAModelError):
        ReplyQuality.load(tmp_path / "file")


def test_labels_of_one_kind_only_are_refused():
    with pytest.raises(ValueError, match="replies that do not"):
        ReplyQuality.fit(MESSAGES, REPLIES, [1] * 16)


def test_messages_and_replies_that_do_not_pair_are_refused(quality):
    with pytest.raises(ValueError, match="1 messages but 2 replies"):
        quality.score(["路灯"], ["好", "好"])


def test_real_replies_held_out_are_told_apart_also_among_equally_long_ones():
    path = DATA / "messages" / "replies.csv"
    if not path.exists():
        pytest.skip(f"{path} is not here; LINLI_DATA names the folder that holds messages/")
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    messages = [f"{row['subject']}\n{row['body']}" for row in rows]
    replies = [row["reply"] for row in rows]
    truth = np.array([int(row["explains_2"]) for row in rows])
    learn, test = np.arange(0, len(rows), 2), np.arange(1, len(rows), 2)
    quality = ReplyQuality.fit(
        [messages[i] for i in learn], [replies[i] for i in learn], truth[learn].tolist()
    )

    scores = quality.score([messages[i] for i in test], [replies[i] for i in test])
    length = np.array([len(replies[i]) for i in test])
    shortest = length <= np.percentile(length, 20)

    assert roc_auc_score(truth[test], scores.explains) > 0.98
    assert roc_auc_score(truth[test], scores.explains) > roc_auc_score(truth[test], length)
    assert roc_auc_score(truth[test][shortest], scores.explains[shortest]) > 0.9
    shuffled = quality.score([messages[i] for i in test], [replies[i] for i in np.roll(test, 7)])
    told = np.concatenate([scores.relevant, shuffled.relevant])
    assert roc_auc_score(np.arange(2 * len(test)) < len(test), told) > 0.9
