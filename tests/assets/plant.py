"""The small town with a plant in its works, a pump station and a bridge.

    P1 ── P1-L1 ── P1-L1-M01 … M03 (M01 has a bearing, P1-L1-M01-B1), P1-L1-CAM
    PS1 ── PS1-P1, PS1-P2        BR1

The plant is run by `p1` (chief), its line by the crew `p1-l1` (operator); its departments are
`p1-quality` (inspector), `p1-maintenance` (engineer, and mechanic who heads it) and `p1-process`
(technologist). The bridge and the pump station belong to the town, whose department `housing` has
the function `maintenance` too.
"""

from pathlib import Path

from linli.assets.register import tree
from linli.assets.register.models import Asset
from linli.people.models import Organisation
from linli.places.models import Area
from tests.small_town import SmallTown

WORKS = (121.012, 30.715)  # in the grids w1 and works
ORGANISATIONS = [
    ["p1", "示范工厂", "Plant", "plant", "works", "", ""],
    ["p1-quality", "质量部", "Quality", "plant", "works", "p1", "quality"],
    ["p1-maintenance", "设备部", "Maintenance", "plant", "works", "p1", "maintenance"],
    ["p1-process", "工艺部", "Process", "plant", "works", "p1", "process"],
    ["p1-l1", "一号线班组", "Line crew", "plant", "works", "p1", ""],
]
PEOPLE = [
    ["chief", "盛永康", "Sheng Yongkang", "p1", "head", "", ""],
    ["inspector", "金明兰", "Jin Minglan", "p1-quality", "officer", "", ""],
    ["engineer", "俞远清", "Yu Yuanqing", "p1-maintenance", "officer", "", ""],
    ["mechanic", "潘晓", "Pan Xiao", "p1-maintenance", "head", "", ""],
    ["technologist", "费思齐", "Fei Siqi", "p1-process", "head officer", "", ""],
    ["operator", "屠大勇", "Tu Dayong", "p1-l1", "worker", "", ""],
]
# code, level, kind, parent, organisation, name, name_en
TREE = [
    ("P1", "plant", "plant", "", "p1", "示范工厂", "Plant"),
    ("P1-L1", "line", "line", "P1", "p1-l1", "一号线", "Line 1"),
    ("P1-L1-M01", "machine", "press", "P1-L1", "", "冲压机", "Press"),
    ("P1-L1-M01-B1", "part", "bearing", "P1-L1-M01", "", "主轴承", "Main bearing"),
    ("P1-L1-M02", "machine", "lathe", "P1-L1", "", "车床", "Lathe"),
    ("P1-L1-M03", "machine", "robot", "P1-L1", "", "机器人", "Robot"),
    ("P1-L1-CAM", "machine", "camera", "P1-L1", "", "检测站", "Camera"),
    ("PS1", "structure", "pump-station", "", "housing", "排涝泵站", "Pump station"),
    ("PS1-P1", "machine", "pump", "PS1", "", "一号泵", "Pump 1"),
    ("PS1-P2", "machine", "pump", "PS1", "", "二号泵", "Pump 2"),
    ("BR1", "structure", "bridge", "", "", "东湖桥", "Lake bridge"),
]


class PlantTown(SmallTown):
    """The small town with the plant's organisations and people, and the pack `factory`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.town["packs"] = ["village", "factory"]
        self.organisations += [list(row) for row in ORGANISATIONS]
        self.people += [list(row) for row in PEOPLE]
        self.row("housing")[6] += " maintenance"

    def load_with_assets(self) -> None:
        """Load the town and put its assets into the register."""
        self.load()
        organisations = Organisation.objects.in_bulk(field_name="code")
        known: dict[str, Asset] = {}
        for code, level, kind, parent, organisation, name, name_en in TREE:
            known[code] = Asset(
                code=code, level=level, kind=kind, parent=known.get(parent), name=name,
                name_en=name_en, organisation=organisations.get(organisation),
            )  # fmt: skip
            if not parent:
                known[code].area = Area.objects.get(code="works" if code == "P1" else "w1")
            if code == "P1":
                known[code].lon, known[code].lat = WORKS
            tree.save(known[code])


def asset(code: str) -> Asset:
    """Return an asset of the register."""
    return Asset.objects.get(code=code)
