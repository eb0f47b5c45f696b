"""The facts a screening knows: their names, values and words, checked on entry.

Every fact may be *unknown*; nothing here ever turns unknown into an answer except what is logically certain.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

YES, NO, UNKNOWN = "yes", "no", "unknown"

#: Values of the vascular site; ``unknown`` besides.
SITES = ("coronary", "peripheral", "aortic", "intracranial", "other")

#: The facts of a screening besides code and name, in the order they are asked, with their known values.
VALUES: dict[str, tuple[str, ...]] = {
    "vascular_site": SITES,
    "contains_animal_derived": (YES, NO),
    "implantable": (YES, NO),
    "contains_allogeneic": (YES, NO),
    "directly_from_animal_tissue": (YES, NO),
}
FACTS = tuple(VALUES)

#: Everything that may be named as missing, in the order it is asked.
ASKED = ("code", "name", *FACTS)

#: The words for a fact as the object of "unknown: …".
WORDS: dict[str, tuple[str, str]] = {
    "code": ("分类编码", "the classification code"),
    "name": ("产品名称", "the product name"),
    "vascular_site": ("血管部位", "the vascular site"),
    "contains_animal_derived": ("是否含有动物源性材料", "whether it contains animal-derived material"),
    "implantable": ("是否为植入性医疗器械", "whether it is an implantable device"),
    "contains_allogeneic": ("是否含有同种异体材料", "whether it contains allogeneic material"),
    "directly_from_animal_tissue": (
        "是否直接取材于动物组织",
        "whether it is taken directly from animal tissue",
    ),
}

#: A known fact as a clause.
CLAUSES: dict[tuple[str, str], tuple[str, str]] = {
    ("vascular_site", "coronary"): ("用于冠状动脉", "it is used in coronary arteries"),
    ("vascular_site", "peripheral"): ("用于外周血管", "it is used in peripheral vessels"),
    ("vascular_site", "aortic"): ("用于主动脉", "it is used in the aorta"),
    ("vascular_site", "intracranial"): ("用于颅内血管", "it is used in intracranial vessels"),
    ("vascular_site", "other"): ("用于其他血管部位", "it is used at another vascular site"),
    ("contains_animal_derived", YES): ("含有动物源性材料", "it contains animal-derived material"),
    ("contains_animal_derived", NO): ("不含动物源性材料", "it contains no animal-derived material"),
    ("implantable", YES): ("是植入性医疗器械", "it is an implantable device"),
    ("implantable", NO): ("不是植入性医疗器械", "it is not an implantable device"),
    ("contains_allogeneic", YES): ("含有同种异体材料", "it contains allogeneic material"),
    ("contains_allogeneic", NO): ("不含同种异体材料", "it contains no allogeneic material"),
    ("directly_from_animal_tissue", YES): ("直接取材于动物组织", "it is taken directly from animal tissue"),
    ("directly_from_animal_tissue", NO): (
        "并非直接取材于动物组织",
        "it is not taken directly from animal tissue",
    ),
}

_CODE = re.compile(r"\d\d-\d\d(-\d\d)?|IVD", re.ASCII)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－﹣", "-"))


class BadFacts(ValueError):
    """Input that cannot be screened, said once in each language."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class ScreeningFacts:
    """What is known of a product when it is screened.

    ``code`` is a classification code of 2017 (``NN-NN-NN``), a whole group (``NN-NN``), ``IVD`` or None; ``name`` is
    the product's Chinese name or empty. See :func:`clean_code` and :func:`certain` for reading typed input.

    :raises BadFacts: for a value outside the vocabulary or facts that contradict each other.
    """

    code: str | None = None
    name: str = ""
    implantable: str = UNKNOWN
    contains_animal_derived: str = UNKNOWN
    directly_from_animal_tissue: str = UNKNOWN
    contains_allogeneic: str = UNKNOWN
    vascular_site: str = UNKNOWN

    def __post_init__(self) -> None:
        if (
            self.implantable not in _ANSWERS
            or self.contains_animal_derived not in _ANSWERS
            or self.directly_from_animal_tissue not in _ANSWERS
            or self.contains_allogeneic not in _ANSWERS
            or self.vascular_site not in _SITE_ANSWERS
        ):
            raise _bad_value(self)
        if self.directly_from_animal_tissue == YES and self.contains_animal_derived == NO:
            raise BadFacts(
                "事实相互矛盾：直接取材于动物组织的产品必然含有动物源性材料。",
                "The facts contradict each other: a product taken directly from animal tissue contains "
                "animal-derived material.",
            )

    def as_dict(self) -> dict[str, str | None]:
        """JSON-ready form, as kept with a recorded screening."""
        return {"code": self.code, "name": self.name, **{fact: getattr(self, fact) for fact in FACTS}}


_ANSWERS = frozenset((YES, NO, UNKNOWN))
_SITE_ANSWERS = frozenset((*SITES, UNKNOWN))


def _bad_value(facts: ScreeningFacts) -> BadFacts:
    for fact, known in VALUES.items():
        value = getattr(facts, fact)
        if value not in (*known, UNKNOWN):
            return bad_value(fact, value)
    raise AssertionError("every value is in the vocabulary")


def bad_value(fact: str, value: str) -> BadFacts:
    """The sentence for a value outside the vocabulary of a fact."""
    allowed = "、".join((*VALUES[fact], UNKNOWN))
    return BadFacts(
        f"{fact} 的值“{value}”无效，可用的值：{allowed}。",
        f"“{value}” is not a value of {fact}; use one of: {', '.join((*VALUES[fact], UNKNOWN))}.",
    )


def clean_code(text: str | None) -> str | None:
    """A typed classification code in its one written form; None for an empty one.

    :raises BadFacts: when the text is neither ``NN-NN-NN``, ``NN-NN`` nor ``IVD``.
    """
    code = unicodedata.normalize("NFKC", text or "").translate(_DASHES)
    code = "".join(code.split()).upper()
    if not code:
        return None
    if not _CODE.fullmatch(code):
        raise BadFacts(
            f"“{text}”不是分类编码：应为 13-07-02 这样的三段编码、13-07 这样的一级类别，或 IVD。",
            f"“{text}” is not a classification code: write three parts such as 13-07-02, a group such as 13-07, "
            "or IVD.",
        )
    return code


def plain_name(text: str) -> str:
    """A product name as it is compared: one width, no white space, one kind of bracket."""
    return "".join(unicodedata.normalize("NFKC", text).split())
