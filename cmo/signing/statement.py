"""The plain statement on what a signature in this product is, in both languages, with its version (E16)."""

VERSION = "2026-11"

STATEMENT = {
    "zh": (
        "本人确认：在本系统中以本人密码或通行密钥作出的签名由本人专有并由本人控制，与手写签名或者盖章具有本人认可的同等效力。"
        "该签名未使用持证电子认证服务机构签发的数字证书；其可靠性依据《电子签名法》第十三条及当事人约定。"
        "本人不与他人共用账号，密码泄露时立即报告。"
    ),
    "en": (
        "I confirm that signatures given in this system with my password or passkey belong to me alone, are under my "
        "sole control, and that I accept them as equal to my handwritten signature or seal. They use no certificate of "
        "a licensed certification service; their reliability rests on article 13 of the Electronic Signature Law and on "
        "the parties' agreement. I do not share my account and report a disclosed password at once."
    ),
}
