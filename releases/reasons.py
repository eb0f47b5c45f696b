"""What stops lots, said once for many of them: a sentence without the particulars that each lot's own finding names."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

Words = tuple[str, str]

#: By code of the finding: Chinese and English.
GENERAL: dict[str, Words] = {
    "agreement_at_manufacture": (
        "部分生产日没有有效的质量协议",
        "No quality agreement in effect on some days of manufacture",
    ),
    "agreement_now": ("今天没有有效的质量协议", "No quality agreement in effect today"),
    "audit_not_overdue": ("对受托方的年度现场审核逾期", "The yearly on-site audit of the contractor is overdue"),
    "catalogue_prohibited": ("产品列入禁止委托生产目录", "Product on the prohibited catalogue"),
    "catalogue_undetermined": (
        "产品是否列入禁止目录尚未确定",
        "Not determined whether the catalogue prohibits the product",
    ),
    "certificate_at_manufacture": ("部分生产日注册证（备案）无效", "Certificate not valid on some days of manufacture"),
    "certificate_now": ("注册证（备案）已失效或撤销", "Certificate lapsed or revoked"),
    "contractor_on_certificate": ("注册证未载明受托生产", "Certificate does not name the entrusted production"),
    "coverage": ("生产期间派驻人员在场有缺口", "Gaps in the presence of resident supervisors during manufacture"),
    "coverage_no_posting": ("生产期间没有派驻人员", "Nobody was posted to the site during manufacture"),
    "coverage_no_steps": ("按工序监督，但未登记工序", "Supervised by steps, but none is recorded"),
    "decided_already": ("本阶段已有有效决定", "A decision of this stage stands already"),
    "deviations_closed": ("偏差、不合格或返工尚未处理完毕", "Deviations, nonconformities or rework not settled"),
    "documents_present": ("放行资料不齐", "Release file incomplete"),
    "documents_reviewed": ("放行资料尚未全部审核", "Release file not fully reviewed by the side that decides"),
    "entrustment_at_manufacture": ("部分生产日委托生产无效", "Entrustment not active on some days of manufacture"),
    "entrustment_now": ("委托生产目前无效", "Entrustment not active now"),
    "entrustment_on_hold": ("委托生产被锁定", "Entrustment on hold"),
    "ifu_content": ("说明书内容不齐全", "Content missing from the instructions for use"),
    "ifu_content_not_on_record": (
        "没有可与说明书核对的信息",
        "Nothing on record to compare the instructions for use with",
    ),
    "ifu_content_outdated": ("说明书核对所依据的信息已变化", "Check of the instructions for use went by other data"),
    "ifu_content_unchecked": ("说明书内容尚未核对", "Content of the instructions for use not checked"),
    "ifu_version": ("所用说明书版本当时无效", "Version of the instructions for use was not in use then"),
    "ifu_version_missing": ("未登记所用说明书版本", "No version of the instructions for use recorded"),
    "label_content": ("标签内容不齐全", "Content missing from the label"),
    "label_content_not_on_record": ("没有可与标签核对的信息", "Nothing on record to compare the label with"),
    "label_content_outdated": ("标签核对所依据的信息已变化", "Check of the label went by other data"),
    "label_content_unchecked": ("标签内容尚未核对", "Content of the label not checked"),
    "label_version": ("所用标签版本当时无效", "Label version was not in use then"),
    "label_version_missing": ("未登记所用标签版本", "No label version recorded"),
    "licence_accepted": ("注册人尚未认可受托方生产许可", "Contractor's licence not accepted by the registrant"),
    "licence_at_manufacture": (
        "部分生产日受托方生产许可无效",
        "Contractor's licence not valid on some days of manufacture",
    ),
    "licence_covers_product": ("生产许可范围不含产品所属子目录", "Licence does not cover the product's sub-catalogue"),
    "licence_names_site": ("生产场地未载于生产许可", "Production site not on the licence"),
    "licence_now": ("受托方生产许可目前无效", "Contractor's licence not valid now"),
    "lot_on_hold": ("批被锁定", "Lot on hold"),
    "other_legal_entity": ("两次放行由同一法人单位作出", "Both releases by the same legal entity"),
    "pair_on_hold": ("委托关系被锁定", "Pair on hold"),
    "pair_standing": ("委托关系已终止", "Pair ended"),
    "processes_approved": (
        "外协工序的单位未经注册人批准",
        "Party of an outsourced step not approved by the registrant",
    ),
    "production_rejected": ("受托方拒绝放行", "Rejected by the contractor"),
    "production_release_stands": ("受托方尚未生产放行", "Not yet released by the contractor"),
    "releaser_signature": (
        "生产放行缺少获授权人的签名",
        "Production release without the signature of the person authorised",
    ),
    "returns_answered": ("注册人的询问尚未答复", "A question of the registrant is open"),
    "review_not_overdue": ("质量协议的年度评审逾期", "The yearly review of the quality agreement is overdue"),
    "site_on_hold": ("生产场地被锁定", "Site on hold"),
    "sterilisation_approved": ("外协灭菌单位未经注册人批准", "Sterilising party not approved by the registrant"),
    "sterilisation_not_recorded": ("未登记灭菌工序", "Sterilisation not recorded"),
    "supplier_not_named": ("关键物料未写明供应商", "Key material without its supplier"),
    "suppliers_approved": (
        "关键物料的供应商未经注册人批准",
        "Supplier of a key material not approved by the registrant",
    ),
    "udi_assigned": ("型号没有产品标识", "Model without a device identifier"),
    "udi_assigned_too_late": ("产品标识在生产之后才分配", "Device identifier assigned after manufacture"),
    "udi_listing_unknown": ("无法判断何时须实施唯一标识", "Not known from when the product needs a UDI"),
    "udi_uploaded": ("唯一标识数据尚未上传", "UDI data not uploaded"),
    "use_by_date": ("已超过使用期限", "Use-by date passed"),
    "use_by_date_missing": ("未登记使用期限", "No use-by date recorded"),
    "veto": ("管理者代表否决", "Vetoed by the management representative"),
    "window_finished": ("生产尚未结束", "Manufacture not finished"),
}
#: Findings about what many lots share: where all of them say the same, that is said.
_SHARED = frozenset({"pair_on_hold", "entrustment_on_hold", "site_on_hold"})


def said_of_all(code: str, findings: AbstractSet[Words]) -> Words:
    """The sentence for all lots that ``code`` stops; ``findings``: what is said of them one by one."""
    words = min(findings)
    if code in _SHARED and len(findings) == 1:
        return words
    return GENERAL.get(code, words)
