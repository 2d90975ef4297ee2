"""Names for the sample towns: pinyin for place names, and people who do not exist.

Used only by the `make_town.py` scripts beside it.
"""

import numpy as np

# Only the characters the two towns use, each with the one reading it has there.
_PINYIN = """
a 阿, an 安岸, ao 坳, ba 八坝, bai 柏白百, bang 浜, bao 保宝, bei 北背, bin 滨, bing 炳, bo 博波
cai 材菜蔡, cang 仓, cao 曹, cha 叉茶, chang 敞长, chao 朝超, chen 晨陈, cheng 城成枨澄程
chi 赤, chong 冲, chu 楚褚, chuan 川船, chun 春, cun 村, da 大达, dai 埭戴, dang 当荡
dao 刀岛道, deng 邓, di 地, dian 店, ding 丁定顶, dong 东洞董, du 杜渡独, duan 段, dui 堆
duo 铎, fan 凡帆范, fang 坊方芳, fei 妃费, feng 丰冯凤峰枫锋风, fu 伏凫福, gan 干, gang 刚港
gao 高, ge 格葛, gen 根, gong 公共, gu 古谷顾, guan 关官观, guang 光广, gui 圭桂, guo 国果过郭
hai 海, han 含涵韩, hao 浩, he 何和河荷贺, hei 黑, heng 横, hong 洪红虹, hou 侯, hu 浒湖胡虎
hua 华花, huai 淮, huang 凰黄, hui 会回慧灰, huo 火, ji 迹集, jia 佳加嘉家, jian 建简
jiang 匠江蒋, jiao 湫蕉郊, jie 杰洁界街, jin 进金, jing 井景泾经菁靖静, jiu 九厩旧韭, ju 居橘聚
juan 娟, jun 俊军, kai 凯开, kang 康, ke 可柯, kong 孔, kou 口, lai 赖, lan 兰岚蓝, lang 榔
lao 捞老, le 乐, lei 磊雷, li 丽利力历李梨立里黎, lian 联莲, liang 亮梁粮良, liao 廖, lin 临林
ling 岭, liu 刘流浏, long 龙, lou 楼溇, lu 卢芦路陆麓, lun 轮, luo 罗, lyu 吕, ma 马, mao 毛泖
mei 梅煤美, men 门, meng 萌, miao 庙, min 敏民, ming 明, mo 墨, mu 暮木沐, na 娜, nan 南
ni 倪霓, nian 念, ning 宁, nong 弄, ou 欧, pai 牌, pan 潘, pen 盆, peng 彭鹏, ping 坪平萍, po 坡
pu 普浦铺, qi 七启圻琪齐, qian 前钱, qiang 强, qiao 桥, qin 秦, qing 庆晴清青, qiu 秋邱, qu 区
quan 全泉, qun 群, ran 染, rong 荣, ru 如, ruan 阮, ruo 箬若, san 三, sha 沙砂, shan 山杉
she 社, shen 沈, sheng 升生盛省胜, shi 士市施石, shou 寿, shu 书, shuang 双, shui 水
si 四寺思泗, song 宋松, su 素苏, sui 穗, sun 孙, tai 台太泰, tan 潭炭谭, tang 唐塘汤, tao 涛
tian 天田, tiao 跳, ting 亭, tong 同桐通铜, tou 头, tu 屠涂, tun 屯, tuo 托, wan 湾
wang 旺望汪王, wei 伟围圩委沩魏, wen 文温, weng 翁, wu 乌五伍吴巫, xi 溪西, xia 夏霞
xian 仙先县咸, xiang 乡向巷祥, xiao 啸小晓萧, xie 偕谢, xin 心新欣, xing 兴星行, xiong 熊
xiu 秀, xu 徐许, xuan 轩, xue 学薛雪, ya 亚衙雅, yan 严堰沿燕艳颜, yang 杨洋阳, yao 姚瑶
ye 叶野, yi 义怡意易艺驿, yin 吟尹银音, ying 应英营, yong 勇永, you 优友尤游
yu 余俞喻宇玉裕雨鱼, yuan 元员园源苑远, yue 岳月, yun 云, ze 泽, zeng 曾, zha 乍, zhan 詹
zhang 张章, zhao 赵, zhen 振珍臻贞镇, zheng 正郑, zhi 之志知, zhong 中钟, zhou 周洲, zhu 主朱竹
zhuang 庄, zhuo 卓, zi 子字梓资, zou 邹, zuo 左
"""
READING = {
    character: sound
    for entry in _PINYIN.replace("\n", ", ").strip(", ").split(", ")
    for sound, characters in [entry.split()]
    for character in characters
}

SURNAMES = (
    "陈林黄张李王吴刘蔡杨许郑谢郭洪邱廖赖徐周叶苏庄江何萧罗高潘简朱钟彭游詹胡施沈余赵卢梁颜柯翁魏孙戴"
    "范方宋邓杜侯曹薛丁卓马阮董温唐蓝石蒋田康邹白涂尤巫欧程金陆顾姚俞屠干褚毛倪费过冯钱汤葛汪熊龙段雷贺"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志鹏晓燕春晨宇浩轩梓涵欣怡思远嘉慧文博"
    "雅琪俊凯雪莲佳子墨海波云帆清和立新月荷知秋振兴永康安宁学东书凡素贞金水根荣松柏庆生炳泉美珍凤"
    "阿福宝亚萍利群正义晴岚若溪景行可心念青雨桐"
)


def pinyin(text: str) -> str:
    """Spell Chinese in toneless pinyin, one capitalised word."""
    return "".join(READING[character] for character in text).capitalize()


class People:
    """Invents people, each with a name of their own; the same seed gives the same people."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._names: set[str] = set()
        self._usernames: set[str] = set()

    def invent(self) -> tuple[str, str, str]:
        """Give the username, the name and the name in pinyin of somebody new."""
        while True:
            surname = SURNAMES[self._rng.integers(len(SURNAMES))]
            length = 1 if self._rng.random() < 0.15 else 2
            given = "".join(GIVEN[i] for i in self._rng.integers(len(GIVEN), size=length))
            if surname + given not in self._names and len(set(given)) == length:
                break
        self._names.add(surname + given)
        return self._username(surname, given), surname + given, self.spelt(surname + given)

    def _username(self, surname: str, given: str) -> str:
        stem = (pinyin(surname) + pinyin(given)).lower()
        username, number = stem, 2
        while username in self._usernames:
            username, number = f"{stem}{number}", number + 1
        self._usernames.add(username)
        return username

    @staticmethod
    def spelt(name: str) -> str:
        """Spell a name of one-character surname the mainland way: Chen Weihong."""
        return f"{pinyin(name[0])} {pinyin(name[1:])}"
