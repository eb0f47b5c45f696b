"""Trail verbs of signing."""

VERBS: dict[str, tuple[str, str]] = {
    "signature.given": ("作出电子签名", "had an electronic signature given under it"),
    "signature.failed": ("签署时身份验证失败", "signing failed re-authentication"),
    "signature.accepted_electronically": ("接受以电子签名签署", "accepted electronic signatures"),
}
