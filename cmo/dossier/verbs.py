"""Trail verbs of the dossier. They stand on the stream of the person who asked, read or took; the last on one of its own."""

VERBS: dict[str, tuple[str, str]] = {
    "dossier.asked": ("申请导出委托生产档案", "was asked for"),
    "dossier.asked_again": ("重新导出委托生产档案", "was asked for again"),
    "dossier.cancelled": ("取消导出委托生产档案", "was cancelled"),
    "dossier.made": ("生成委托生产档案", "was made"),
    "dossier.failed": ("委托生产档案未能生成", "could not be made"),
    "dossier.read": ("在线查阅委托生产档案", "was read on screen"),
    "dossier.taken": ("下载委托生产档案", "was taken away"),
    "dossier.expired": ("委托生产档案文件到期移除", "had its file removed after its time"),
    "dossier.exported_by_command": ("运维人员以命令导出委托生产档案", "was exported by the operator's command"),
}
