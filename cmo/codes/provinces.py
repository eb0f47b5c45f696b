"""The 31 provincial-level authorities that issue class II certificates and production licences.

Short names as printed in certificate numbers, with the second short name where two are in use, and the first two
digits of the administrative division codes (GB/T 2260), which a unified social credit code carries at 3 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Province:
    """One provincial-level division. ``also`` lists further short names seen in numbers."""

    short: str
    zh: str
    en: str
    gb: str
    also: str = ""


PROVINCES: tuple[Province, ...] = (
    Province("京", "北京市", "Beijing", "11"),
    Province("津", "天津市", "Tianjin", "12"),
    Province("冀", "河北省", "Hebei", "13"),
    Province("晋", "山西省", "Shanxi", "14"),
    Province("蒙", "内蒙古自治区", "Inner Mongolia", "15", "内"),
    Province("辽", "辽宁省", "Liaoning", "21"),
    Province("吉", "吉林省", "Jilin", "22"),
    Province("黑", "黑龙江省", "Heilongjiang", "23"),
    Province("沪", "上海市", "Shanghai", "31"),
    Province("苏", "江苏省", "Jiangsu", "32"),
    Province("浙", "浙江省", "Zhejiang", "33"),
    Province("皖", "安徽省", "Anhui", "34"),
    Province("闽", "福建省", "Fujian", "35"),
    Province("赣", "江西省", "Jiangxi", "36"),
    Province("鲁", "山东省", "Shandong", "37"),
    Province("豫", "河南省", "Henan", "41"),
    Province("鄂", "湖北省", "Hubei", "42"),
    Province("湘", "湖南省", "Hunan", "43"),
    Province("粤", "广东省", "Guangdong", "44"),
    Province("桂", "广西壮族自治区", "Guangxi", "45"),
    Province("琼", "海南省", "Hainan", "46"),
    Province("渝", "重庆市", "Chongqing", "50"),
    Province("川", "四川省", "Sichuan", "51"),
    Province("贵", "贵州省", "Guizhou", "52", "黔"),
    Province("云", "云南省", "Yunnan", "53", "滇"),
    Province("藏", "西藏自治区", "Tibet", "54"),
    Province("陕", "陕西省", "Shaanxi", "61", "秦"),
    Province("甘", "甘肃省", "Gansu", "62", "陇"),
    Province("青", "青海省", "Qinghai", "63"),
    Province("宁", "宁夏回族自治区", "Ningxia", "64"),
    Province("新", "新疆维吾尔自治区", "Xinjiang", "65", "兵"),
)

_BY_SHORT = {name: province for province in PROVINCES for name in province.short + province.also}
_BY_GB = {province.gb: province for province in PROVINCES}


def by_short_name(short: str) -> Province | None:
    """The province with this one-character short name (``京``, ``黔``), or None."""
    return _BY_SHORT.get(short)


def by_division(code: str) -> Province | None:
    """The province that an administrative division code (GB/T 2260, two or more digits) lies in, or None."""
    return _BY_GB.get(code[:2])
