"""Trail verbs of the catalogue."""

VERBS: dict[str, tuple[str, str]] = {
    "device.version_proposed": ("提出产品信息新版本", "had new device data proposed"),
    "device.version_confirmed": ("确认产品信息", "had device data confirmed"),
    "device.version_turned_down": ("退回产品信息", "had proposed device data turned down"),
    "device.shared": ("向受托方开放产品信息", "was shared with the contractor"),
    "device.share_withdrawn": ("收回对受托方的产品信息开放", "was no longer shared with the contractor"),
    "device.document_listed": ("登记技术文件", "had a technical document listed"),
    "device.label_listed": ("登记标签或说明书版本", "had a label or IFU version listed"),
    "device.label_withdrawn": ("停用标签或说明书版本", "had a label or IFU version withdrawn"),
    "device.screened": ("目录筛查", "was screened against the prohibited catalogue"),
    "device.rescreened": ("按新版目录重新筛查", "was screened again against another edition"),
    "screening.determined": ("对待定的筛查作出判定", "was determined by a quality person"),
    "edition.loaded": ("收录目录版本", "was loaded"),
    "device.identifier_assigned": ("登记产品标识（UDI-DI）", "had a device identifier assigned"),
    "device.identifier_submitted": ("登记产品标识已在注册系统提交", "had a device identifier submitted"),
    "device.identifier_uploaded": ("登记产品标识已上传国家数据库", "had a device identifier uploaded"),
    "device.identifier_retired": ("停用产品标识", "had a device identifier retired"),
}
