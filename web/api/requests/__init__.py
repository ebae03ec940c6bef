"""Requests: found, shown, begun, and drafts put right."""

from web.api.requests import comments, drafts, files, listing, people

PARTS = (listing, drafts, people, files, comments)
