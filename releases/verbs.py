"""Trail verbs of lots and releases."""

VERBS: dict[str, tuple[str, str]] = {
    "lot.registered": ("登记批", "was registered"),
    "lot.taken_over": ("接管系统启用前在制的批", "was taken over as in progress at go-live"),
    "lot.material_added": ("登记关键物料批", "had a key material lot added"),
    "lot.document_added": ("添加放行资料", "had a document added to its release file"),
    "lot.document_reviewed": ("审核放行资料", "had a document of its release file reviewed"),
    "lot.file_returned": ("注册人询问或退回放行资料", "had its release file returned with a question"),
    "lot.return_answered": ("答复放行资料的询问", "had a question about its release file answered"),
    "lot.hold_placed": ("锁定批", "was put on hold"),
    "lot.hold_lifted": ("解除批的锁定", "had a hold lifted"),
    "lot.vetoed": ("管理者代表否决上市放行", "was vetoed by the management representative"),
    "lot.production_released": ("生产放行", "was released by production"),
    "lot.production_rejected": ("拒绝生产放行", "was rejected by production"),
    "lot.production_withdrawn": ("撤回生产放行决定", "had its production decision withdrawn"),
    "lot.released_to_market": ("上市放行", "was released to market"),
    "lot.market_rejected": ("拒绝上市放行", "was rejected for the market"),
    "lot.market_withdrawn": ("撤回上市放行决定", "had its market decision withdrawn"),
    "lots.added_for_measurement": ("为性能测量添加批次", "had lots added for measurement"),
}
