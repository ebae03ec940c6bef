"""Uploads as they leave us: nothing that a browser or a system would run keeps the ending by which it would."""

from __future__ import annotations

import re
from collections.abc import Sequence

from documents.media import UNKNOWN, sniff, wide_order
from models.file_names import safe, split

_PAGES = (
    "htm html xhtml xht shtml mht mhtml svg svgz xml xsl xslt xul rss atom rdf wsdl js mjs cjs jse css swf wasm htc htt"
)
_PROGRAMS = (
    "ade adp apk app application appref-ms bas bat chm cmd com command cpl crt deb desktop diagcab dll dmg exe gadget hlp hta img inf ins "
    "iso isp jar jnlp lib library-ms lnk mad maf mam maq mar mas mat mau mav maw mda mdb mde mdt mdw mdz msc msh msh1 msh2 msi msix msp "
    "mst ocx ops pcd php phtml pif pl plg prf prg ps1 ps1xml ps2 psc1 psc2 psd1 psm1 pst py pyc pyw reg rb rpm scf scr sct search-ms "
    "settingcontent-ms sh shb shs sys url vb vbe vbp vbs vhd vhdx vsmacros vsw ws wsc wsf wsh xbap xll "
    "docm dotm xlsm xltm xlam pptm potm ppsm ppam sldm one onepkg"
)
_SCRIPTS = "js mjs cjs jse"
_ACTIVE = frozenset(f"{_PAGES} {_PROGRAMS}".split())
_STARTED = frozenset(f"{_PROGRAMS} {_SCRIPTS}".split())
PAGES = ("text/html", "application/xml")  # types of bytes that a browser may make a page of
_TEXTS = ("text/", "application/xml", "application/json", "message/rfc822")
_XML_MOST = 1_000_000
_ENCODING = re.compile(r"""encoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})""")
_CHARSETS = ("utf-8", "us-ascii", "windows-1251", "koi8-r", "iso-8859-5")
_NAMESPACE = re.compile(r"\bxmlns(?::[\w.-]{1,100})?\s{0,20}=\s{0,20}(?:\"([^\"<]{0,300})\"|'([^'<]{0,300})')")
_OF_DATA = (
    "http://www.w3.org/2001/XMLSchema",
    "http://www.w3.org/2001/XMLSchema-instance",
    "http://www.w3.org/2000/09/xmldsig#",
)


def is_program(name: str) -> bool:
    """Whether opening it would run it."""
    return _ending(name) in _STARTED


def runs(name: str) -> bool:
    """Whether a browser or a system would run a file of this name, or make a page of it."""
    return _ending(name) in _ACTIVE


def _ending(name: str) -> str:
    return split(safe(name))[1].lower().lstrip(".")


def harmless(name: str, data: bytes, *, asked_for: Sequence[str] = ()) -> tuple[str, str]:
    """Name and media type: what would run is a text or unknown, by an ending more. The type is that of the bytes.

    `asked_for`: media types that the desk wants as they are; only XML that is nothing but data stays itself by that.
    """
    name, kind = safe(name), sniff(data)
    if kind == "application/xml" and kind in asked_for and _ending(name) == "xml" and is_data(data):
        return name, kind
    inert = "text/plain" if kind.startswith(_TEXTS) else UNKNOWN
    if runs(name):
        return f"{name}.{'txt' if inert == 'text/plain' else 'bin'}", inert
    return name, inert if kind in PAGES else kind


def is_data(data: bytes) -> bool:
    """XML that no browser makes a page of: no style sheet, no document type, no namespace of pages or pictures."""
    if len(data) > _XML_MOST or wide_order(data) or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    text = data.decode("latin-1")  # of every charset allowed, the signs of XML are where they are here
    encoding = _ENCODING.search(text[:200])
    if encoding and encoding.group(1).lower() not in _CHARSETS:
        return False
    if "<!" in text.replace("<!--", "").replace("<![CDATA[", "") or "<?xml-stylesheet" in text:
        return False
    named = [double or single for double, single in _NAMESPACE.findall(text)]
    if len(named) != len(re.findall(r"\bxmlns\b", text)):
        return False
    return all("&" not in each and ("w3.org" not in each.lower() or each in _OF_DATA) for each in named)
