"""Files attached to a request, told and checked by their content."""

from documents.attachments.reading import excerpt_pdf, limits_of, read_attachment

__all__ = ["excerpt_pdf", "limits_of", "read_attachment"]
