"""Audits of the contractor: plan and team, the signed report, findings with corrective action and withdrawals."""

from .chapter import sections

__all__ = ["sections"]
