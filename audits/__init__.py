"""Audits of contractors: dated templates with their judgement tables, exactly computed.

May import agreements and everything below it; never releases, its sibling.
"""
