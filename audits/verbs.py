"""Trail verbs of audits."""

VERBS: dict[str, tuple[str, str]] = {
    "checklist.kept": ("保存审核检查表", "was kept as a checklist"),
    "checklist.withdrawn": ("停用审核检查表", "was withdrawn as a checklist"),
    "programme.adopted": ("批准年度审核计划", "was adopted as the audit programme"),
    "audit.planned": ("策划审核", "was planned"),
    "audit.replanned": ("变更审核计划", "had its plan changed"),
    "audit.begun": ("开始审核", "began"),
    "audit.cancelled": ("取消审核", "was cancelled"),
    "audit.item_answered": ("填写检查项", "had an item answered"),
    "audit.conflict_settled": ("裁定检查项的不同答复", "had differing answers settled"),
    "audit.reported": ("签发审核报告", "was reported"),
    "audit.document_taken": ("下载审核报告文件", "had a document taken"),
    "audit.closed": ("关闭审核", "was closed"),
    "finding.raised": ("开具缺陷项", "was raised"),
    "finding.withdrawn": ("撤销缺陷项", "was withdrawn"),
    "capa.planned": ("提交纠正预防措施计划", "was answered with a plan"),
    "capa.accepted": ("认可纠正预防措施计划", "had its plan accepted"),
    "capa.returned": ("退回纠正预防措施计划", "had its plan returned"),
    "capa.completed": ("报告措施完成", "had its action reported as done"),
    "capa.found_effective": ("验证措施有效，关闭缺陷项", "was closed because its action is effective"),
    "capa.found_ineffective": ("验证措施无效", "had its action found ineffective"),
}
