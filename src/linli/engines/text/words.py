"""Words of Chinese text: where they begin and end, and which only hold a sentence together."""

from collections.abc import Sequence

import rjieba

# The closed classes of Chinese: pronouns, particles, prepositions, conjunctions, adverbs of
# degree, modal verbs and bare numerals. They tell nothing of what a message is about, and
# corpora that reach us segmented have usually lost them already.
_FUNCTION_WORDS = """
的 地 得 了 着 过 吗 呢 吧 啊 呀 嘛 啦 哦 么 们 之 其 者 所 而 且 则 乃 兮 矣 等 等等 之一 之类 我
你 您 他 她 它 咱 俺 我们 你们 您们 他们 她们 它们 咱们 自己 自身 本人 本身 大家 别人 他人 人家
各位 个人 谁 己 这 那 哪 此 该 某 每 各 这个 那个 哪个 这些 那些 哪些 这样 那样 怎样 这么 那么
怎么 怎么样 怎么办 什么 什么样 这里 那里 哪里 这边 那边 这时 那时 何 何时 何处 何况 如何 为何
为什么 几 多少 若干 其他 其它 其中 其实 其次 其余 其二 其一 另 另外 另行 别的 任何 一切 一些 有些
某些 某个 各个 各种 如此 是 为 有 无 没 没有 不 别 勿 未 非 是否 不是 就是 还是 只是 而是 便是
于是 可是 但是 还有 只有 所有 在 到 从 自 由 向 往 朝 对 对于 关于 至于 由于 基于 鉴于 按 按照
依照 根据 据 据说 据悉 依据 通过 经 经过 随 随着 沿 沿着 以 以及 以便 以免 以至于 于 与 和 同 跟
及 及其 或 或者 或是 并 并且 而且 但 却 然而 然后 不过 虽 虽然 虽说 尽管 即使 即便 就算 哪怕 如
如果 如下 如今 若 若是 要是 假如 万一 倘若 因 因为 因此 因而 所以 故 既 既然 只要 只 除 除了 除非
除外 此外 否则 不然 不但 不仅 不仅仅 不止 不论 不管 无论 甚至 甚 乃至 例如 比如 譬如 像 把 将 被
给 让 叫 使 使得 令 用 拿 替 为了 作为 当 当中 之后 之前 之间 以后 以前 以来 以上 以下 以内 以外
很 太 更 最 极 极其 极为 极度 极大 非常 十分 特别 尤其 相当 较 较为 比较 更加 更为 越 越来越 稍 略
都 也 还 又 再 就 才 便 仍 仍然 依然 均 皆 共 总 总之 全 刚 刚刚 正 正在 已 已经 曾 曾经 将要 即将
马上 立马 立即 当即 尽快 尽早 尽量 尽可能 经常 常常 往往 时常 偶尔 屡次 多次 再次 一再 一直 从来
从未 从不 从而 到底 究竟 毕竟 竟 竟然 居然 难道 简直 几乎 大概 大约 大多 大都 可能 也许 或许 恐怕
似乎 仿佛 显然 当然 果然 确实 的确 反而 反正 互相 相互 一起 一旦 一样 一般 一方面 基本 基本上 仅
仅仅 单单 光 不再 不了 不得 不得不 不得已 不要 不会 不能 不可 不用 能 能够 可 可以 会 要 应 应该
应当 必须 必将 需 需要 得以 敢 肯 愿 愿意 想要 上 下 里 内 外 中 前 后 左 右 间 旁 起 来 去 出 进
回 上去 下去 出来 出去 进来 进去 起来 过来 过去 接着 接下来 个 些 次 种 位 件 条 点 份 张 一 二 两
三 四 五 六 七 八 九 十 百 千 万 零 第 第一 第二 第三 一个 一种 一次 一下 一点 时 时候 同时 的话
而已 开始 加之 加上 况且 综上所述 再者 本 贵 及时 a an the of and or to in is are be for on with
at by from as that this it
"""

FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())

_segmenter = rjieba.Jieba()


def segment(texts: Sequence[str]) -> list[list[str]]:
    """Cut texts into words.

    Nothing is lost or changed: the words of a text joined are the text, punctuation and
    spaces included. `content_words` leaves those out.

    Parameters
    ----------
    texts
        Any number of texts, shape (n,). A text that comes segmented by spaces is cut further
        inside its words only.

    Returns
    -------
    The words of each text in their order, n lists.

    Notes
    -----
    rjieba, the Rust edition of jieba (dictionary, longest likely path, hidden Markov model for
    words it does not know): some 15,000 messages of 370 characters a second on one core, where
    jieba itself manages 900.
    """
    cut = _segmenter.cut
    return [cut(text) for text in texts]


def tagged(texts: Sequence[str]) -> list[list[tuple[str, str]]]:
    """Cut texts into words with their part of speech (ICTCLAS tags: n noun, v verb, …), n lists."""
    tag = _segmenter.tag
    return [[(word, part) for word, part in tag(text) if word.isalnum()] for text in texts]


def content_words(texts: Sequence[str]) -> list[list[str]]:
    """Cut texts into words and keep those that carry meaning.

    Parameters
    ----------
    texts
        Any number of texts, shape (n,).

    Returns
    -------
    The words of each text without punctuation, spaces and `FUNCTION_WORDS`, n lists.
    """
    return [
        [word for word in words if word not in FUNCTION_WORDS and word.isalnum()]
        for words in segment(texts)
    ]
