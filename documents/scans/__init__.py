"""Scans of signed papers: read page by page, matched to a request and version, put in order."""

from documents.scans.assembling import PageRef, assemble, page_picture
from documents.scans.matching import ScanMatch, match_scan
from documents.scans.reading import ScanPage, ScanReading, read_scan

__all__ = ["PageRef", "ScanMatch", "ScanPage", "ScanReading", "assemble", "match_scan", "page_picture", "read_scan"]
