"""Trail verbs of evidence."""

VERBS: dict[str, tuple[str, str]] = {
    "evidence.attached": ("附上证明文件", "had a file attached"),
    "evidence.replaced": ("以新文件替换证明文件", "had a file replaced by a newer one"),
    "evidence.found_damaged": ("发现证明文件缺失或被改动", "was found missing or altered in storage"),
}
