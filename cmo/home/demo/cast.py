"""Who appears in the demo world: five invented organisations, the people in their posts, an inspector, an administrator."""

from __future__ import annotations

from dataclasses import dataclass, field

from cmo.codes.uscc import check_character, inner_check_character
from cmo.parties.models import Role, Side

PASSWORD = "demo-2026-WT"  # noqa: S105 - of invented people, printed for everybody

R, C = Side.REGISTRANT, Side.CONTRACTOR


def uscc(division: str, organisation_code: str) -> str:
    """A well-formed but invented credit code: enterprise in ``division`` with the 8-character ``organisation_code``."""
    first = f"91{division}{organisation_code}{inner_check_character(organisation_code)}"
    return first + check_character(first)


@dataclass(frozen=True, slots=True)
class Person:
    """One account of the demo and its posts: ((side, role), …)."""

    username: str
    name: str
    posts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Organisation:
    """One invented enterprise. The first two people found its quality."""

    key: str
    name_zh: str
    name_en: str
    uscc: str
    province: str
    address_zh: str
    address_en: str
    legal_representative: str
    people: tuple[Person, ...] = field(default_factory=tuple)

    def content(self) -> dict[str, str]:
        """The content of its first version."""
        names = ("name_zh", "name_en", "uscc", "province", "address_zh", "address_en", "legal_representative")
        return {name: getattr(self, name) for name in names} | {"contact": f"{self.key}@example.invalid"}


def _registrant(key: str, names: tuple[str, ...]) -> tuple[Person, ...]:
    """The seven people of a registrant in the order of the posts below."""
    posts = (
        ("qm1", ((R, Role.QUALITY_MANAGER),)),
        ("qm2", ((R, Role.QUALITY_MANAGER),)),
        ("rep", ((R, Role.MANAGEMENT_REPRESENTATIVE),)),
        ("sign", ((R, Role.SIGNATORY),)),
        ("market", ((R, Role.MARKET_RELEASER),)),
        ("resident", ((R, Role.RESIDENT_SUPERVISOR),)),
        ("auditor", ((R, Role.AUDITOR),)),
        ("viewer", ((R, Role.VIEWER),)),
    )
    return tuple(Person(f"{key}.{post}", name, held) for (post, held), name in zip(posts, names, strict=True))


def _contractor(key: str, names: tuple[str, ...]) -> tuple[Person, ...]:
    """The seven people of a contractor in the order of the posts below."""
    posts = (
        ("qm1", ((C, Role.QUALITY_MANAGER),)),
        ("qm2", ((C, Role.QUALITY_MANAGER),)),
        ("rep", ((C, Role.MANAGEMENT_REPRESENTATIVE),)),
        ("sign", ((C, Role.SIGNATORY),)),
        ("release", ((C, Role.PRODUCTION_RELEASER),)),
        ("plan", ((C, Role.PRODUCTION_PLANNER),)),
        ("viewer", ((C, Role.VIEWER),)),
    )
    return tuple(Person(f"{key}.{post}", name, held) for (post, held), name in zip(posts, names, strict=True))


KANGLAN = Organisation(
    "kanglan",
    "示例康澜医疗科技（江苏）有限公司",
    "Demo Kanglan Medical Technology (Jiangsu) Co., Ltd.",
    uscc("320594", "MA1DEM01"),
    "苏",
    "江苏省苏州市示例区澄湖路 18 号",
    "18 Chenghu Road, Demo District, Suzhou, Jiangsu",
    "顾知远",
    (
        *_registrant("kanglan", ("沈知行", "陆清和", "顾安之", "程守信", "苏明放", "江驻平", "叶审言", "白观澜")),
        Person("kanglan.deputy", "许代驻", ((R, Role.RESIDENT_SUPERVISOR),)),
    ),
)
QIHENG = Organisation(
    "qiheng",
    "示例启衡生物材料（上海）有限公司",
    "Demo Qiheng Biomaterials (Shanghai) Co., Ltd.",
    uscc("310115", "MA1DEM02"),
    "沪",
    "上海市示例新区衡山支路 66 号",
    "66 Hengshan Branch Road, Demo New Area, Shanghai",
    "方启明",
    _registrant("qiheng", ("方衡之", "唐质文", "秦代管", "韩约之", "乔上行", "温驻安", "孟核真", "纪阅微")),
)
HENGZHU = Organisation(
    "hengzhu",
    "示例恒筑精密制造（浙江）有限公司",
    "Demo Hengzhu Precision Manufacturing (Zhejiang) Co., Ltd.",
    uscc("330109", "MA1DEM03"),
    "浙",
    "浙江省杭州市示例区筑塘路 9 号",
    "9 Zhutang Road, Demo District, Hangzhou, Zhejiang",
    "邵恒",
    _contractor("hengzhu", ("邵质成", "金审之", "骆代言", "施诺", "裘放之", "章排产", "应观之")),
)
RUNNUO = Organisation(
    "runnuo",
    "示例润诺医疗器械（广东）有限公司",
    "Demo Runnuo Medical Devices (Guangdong) Co., Ltd.",
    uscc("440106", "MA1DEM04"),
    "粤",
    "广东省广州市示例区润泽街 201 号",
    "201 Runze Street, Demo District, Guangzhou, Guangdong",
    "岑润生",
    _contractor("runnuo", ("岑质安", "麦品正", "冼代表", "区签诺", "邝放行", "卢计划", "谭阅")),
)
BOYUAN = Organisation(
    "boyuan",
    "示例博源诊断技术（北京）有限公司",
    "Demo Boyuan Diagnostics (Beijing) Co., Ltd.",
    uscc("110114", "MA1DEM05"),
    "京",
    "北京市示例区博源西路 3 号",
    "3 Boyuan West Road, Demo District, Beijing",
    "穆博",
    (
        Person("boyuan.qm1", "穆质衡", ((C, Role.QUALITY_MANAGER), (R, Role.QUALITY_MANAGER))),
        Person("boyuan.qm2", "关品言", ((C, Role.QUALITY_MANAGER), (R, Role.QUALITY_MANAGER))),
        Person("boyuan.rep", "佟代明", ((C, Role.MANAGEMENT_REPRESENTATIVE), (R, Role.MANAGEMENT_REPRESENTATIVE))),
        Person("boyuan.sign", "那签正", ((C, Role.SIGNATORY), (R, Role.SIGNATORY))),
        Person("boyuan.release", "富放成", ((C, Role.PRODUCTION_RELEASER),)),
        Person("boyuan.market", "齐上达", ((R, Role.MARKET_RELEASER),)),
        Person("boyuan.plan", "康排期", ((C, Role.PRODUCTION_PLANNER),)),
    ),
)

ORGANISATIONS = (KANGLAN, QIHENG, HENGZHU, RUNNUO, BOYUAN)
ADMINISTRATOR = Person("admin", "系统管理员（示例）")
INSPECTOR = Person("inspector", "检查员 钟示例")
