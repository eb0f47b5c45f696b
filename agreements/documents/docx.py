"""stub for now"""


def render_docx(document, language):
    raise NotImplementedError
