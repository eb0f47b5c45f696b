"""Word files that come in: opened with bounded memory and time, and read with what was tracked and by whom.

Nothing in a file is followed, run or believed: what it says about authors and dates is kept as what the file says.
"""
