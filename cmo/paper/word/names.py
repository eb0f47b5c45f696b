"""Names of the markup: elements and attributes of WordprocessingML and of the package around it."""

from __future__ import annotations

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
W15 = "http://schemas.microsoft.com/office/word/2012/wordml"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
MATHS = "http://schemas.openxmlformats.org/officeDocument/2006/math"

#: A file saved as "strict" names the same things otherwise.
STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": W.encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/customProperties": PROPERTIES.encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/math": MATHS.encode(),
}

MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def w(name: str) -> str:
    """The name of an element or attribute of WordprocessingML as lxml spells it."""
    return f"{{{W}}}{name}"
