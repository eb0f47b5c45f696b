"""The look of every page: template tags, charts, tables and safe exports.

Foundation: may import ``cmo.errors`` only. Everything above may use it.
"""
