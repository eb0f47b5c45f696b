"""Which blocks stand on pages across, in every format that has pages."""

from __future__ import annotations

from .sheets import Block, Section, Table

#: A table with more columns stands on pages across; a short one in smaller type, rather than on a page of its own.
MOST_COLUMNS, SHORT = 7, 16


def stands_across(block: Block) -> bool:
    """Whether a block is a table too wide for a page upright, and long enough for pages of its own."""
    return wide(block) and isinstance(block, Table) and len(block.rows) > SHORT


def wide(block: Block) -> bool:
    """Whether a block is a table of many columns."""
    return isinstance(block, Table) and len(block.columns) > MOST_COLUMNS


def opens_across(section: Section) -> bool:
    """Whether the first block of a section or of what is in it does, so that no heading stands on a page alone."""
    while not section.blocks and section.children:
        section = section.children[0]
    return bool(section.blocks) and stands_across(section.blocks[0])
