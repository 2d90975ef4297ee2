import numpy as np

from linli.engines.text import content_words, segment
from linli.engines.text.grams import Words, character_grams, hash_words
from linli.engines.text.vocabulary import Vocabulary

NOISE = "A7县星沙的夜市，每天晚上12点还在放音乐，吵得我们睡不着！"


def test_the_words_of_a_message_joined_are_the_message():
    texts = [NOISE, "", "  空格 与\n换行　全角，…", "𠮷野家🍜噪音"]

    assert ["".join(words) for words in segment(texts)] == texts


def test_content_words_leave_out_punctuation_and_function_words():
    (words,) = content_words(["我们小区的路灯，已经坏了！"])

    assert words == ["小区", "路灯", "坏"]


def test_full_width_and_case_make_no_difference_to_words():
    wide, plain = Words.of(["Ａ７县ＫＴＶ"]), Words.of(["a7县ktv"])

    np.testing.assert_array_equal(wide.hashes, plain.hashes)


def test_a_word_has_one_hash_wherever_it_stands():
    words = Words.of(["路灯坏", "小区路灯坏，物业不修路灯"])
    lamp = hash_words(["路灯"])[0]

    assert words.text[words.hashes == lamp].tolist() == [0, 1, 1]


def test_character_runs_do_not_cross_from_one_message_to_the_next():
    apart = character_grams(Words.of(["路灯", "噪音"]), 2)[1]
    together = character_grams(Words.of(["路灯噪音"]), 2)[1]

    assert len(apart) == 2
    assert len(together) == 3
    assert set(apart.tolist()) < set(together.tolist())


def test_messages_without_words_keep_their_place():
    words = Words.of(["", "！！！", "路灯"])

    assert words.size == 3
    assert set(words.text.tolist()) == {2}


def test_a_vocabulary_finds_all_it_holds_and_nothing_else():
    random = np.random.default_rng(0)
    known = np.unique(random.integers(0, 2**64, 5000, dtype=np.uint64))
    # The same bucket as a known one, right beside it.
    strangers = np.setdiff1d(known + np.uint64(1), known)
    vocabulary = Vocabulary(known)

    np.testing.assert_array_equal(vocabulary.positions(known), np.arange(len(known)))
    assert (vocabulary.positions(strangers) == -1).all()
