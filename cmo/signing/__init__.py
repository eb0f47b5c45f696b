"""Electronic signatures: meaning, identity, time and the hash of the exact canonical record.

May import: ``cmo.trail``, ``cmo.errors``. A signature here is a password or passkey signature inside this product,
without a licensed certificate; the statement every signer accepts says so (Electronic Signature Law arts 3, 13).
"""
