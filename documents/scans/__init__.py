"""Signed papers that come back as scans: read, matched to their request, shown, put together for sending."""

from documents.scans.matching import ScanMatch, match_scan
from documents.scans.reading import ScanLimits, read_scan
from documents.scans.sending import assemble, page_picture
from documents.scans.sheets import FileFailure, ScanPage, ScanReading

__all__ = [
    "FileFailure",
    "ScanLimits",
    "ScanMatch",
    "ScanPage",
    "ScanReading",
    "assemble",
    "match_scan",
    "page_picture",
    "read_scan",
]
