"""Numbers of the field, read and judged: pure functions, no Django, no database, no network.

One module per kind of number; :func:`check_code` recognises the kind by itself. What a parser cannot prove from a
published rule it only warns about; what contradicts a published rule is an error, one sentence each, in both
languages, naming the place.

May import: the standard library and biip.
"""

from cmo.codes.certificate import compare_with_sub_catalogue
from cmo.codes.detect import check_code
from cmo.codes.result import CodeResult, Kind, Message

__all__ = ["CodeResult", "Kind", "Message", "check_code", "compare_with_sub_catalogue"]
