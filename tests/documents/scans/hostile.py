"""Files made to hurt whoever opens them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence

from PIL import Image


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_bomb(side: int = 60_000) -> bytes:
    """A few kilobytes that unpack to `side` squared pixels."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + _chunk(b"IDAT", zlib.compress(bytes(1_000_000), 9)) + _chunk(b"IEND", b"")


def strip(wide: int, high: int) -> bytes:
    """A picture of any shape in a few bytes."""
    buffer = io.BytesIO()
    Image.new("1", (wide, high), 1).save(buffer, "PNG")
    return buffer.getvalue()


def pdf_of_a_strip(wide: int, high: int) -> bytes:
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            _page(wide, high, b"I"),
            _stream(b"", b"0 0 m %d %d l S" % (wide, high)),
            b"<< >>",
        ]
    )


def raw_pdf(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, the first one its catalogue."""
    out, places = io.BytesIO(b"%PDF-1.7\n"), []
    out.seek(0, io.SEEK_END)
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start))
    return out.getvalue()


def _stream(head: bytes, body: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n" % (head, len(body)) + body + b"\nendstream"


def _page(wide: int, high: int, drawn: bytes) -> bytes:
    """Object 4 draws object 5 by the name `drawn`."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R" % (wide, high)
    return page + b" /Resources << /XObject << /%s 5 0 R >> >> >>" % drawn


def pdf_of_many_pages(count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, count + 3))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    tree = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids)
    return raw_pdf([b"<< /Type /Catalog /Pages 2 0 R >>", tree, *[page] * count])


def pdf_with_picture_bomb(side: int = 40_000) -> bytes:
    """One page, one picture of 1.6 gigapixels in a few kilobytes."""
    squeezed = zlib.compress(zlib.compress(bytes(4_000_000), 9), 9)
    picture = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray " % (side, side)
    picture += b"/BitsPerComponent 8 /Filter [/FlateDecode /FlateDecode]"
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            _page(595, 842, b"I"),
            _stream(b"", b"595 0 0 842 0 0 cm /I Do"),
            _stream(picture, squeezed),
        ]
    )


def pdf_of_endless_drawing(levels: int = 9) -> bytes:
    """Forms that each draw the next one ten times: ten to the power of `levels` lines from a few hundred bytes."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        _page(595, 842, b"F"),
        _stream(b"", b"/F Do"),
    ]
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /F %d 0 R >> >>"
    objects += [_stream(form % (6 + level), b"/F Do " * 10) for level in range(levels)]
    objects.append(_stream(b"/Type /XObject /Subtype /Form /BBox [0 0 595 842]", b"0 0 m 595 842 l S " * 10))
    return raw_pdf(objects)


def pdf_with_script(picture: Image.Image) -> bytes:
    """A scan that also carries a script to run on opening and an attached file."""
    buffer = io.BytesIO()
    picture.convert("L").save(buffer, "JPEG")
    wide, high = picture.size
    image = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray " % (wide, high)
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> "
            b"/Names << /EmbeddedFiles << /Names [(x.exe) 6 0 R] >> >> >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            _page(842, 595, b"I"),
            _stream(b"", b"842 0 0 595 0 0 cm /I Do"),
            _stream(image + b"/BitsPerComponent 8 /Filter /DCTDecode", buffer.getvalue()),
            b"<< /Type /Filespec /F (x.exe) /EF << /F 7 0 R >> >>",
            _stream(b"/Type /EmbeddedFile", b"MZ"),
        ]
    )


def drawn_pdf(code: Image.Image) -> bytes:
    """A page that a program has drawn: lines, and one small picture at the lower right."""
    wide, high = code.size
    image = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray " % (wide, high)
    lines = b"".join(b"50 %d m 700 %d l S " % (level, level) for level in range(100, 500, 20))
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            _page(842, 595, b"I"),
            _stream(b"", lines + b"q %d 0 0 %d 715 15 cm /I Do Q" % (wide * 72 // 200, high * 72 // 200)),
            _stream(image + b"/BitsPerComponent 8 ", code.convert("L").tobytes()),
        ]
    )


def locked_pdf() -> bytes:
    """Encrypted (RC4, 40 bits) with a password that is not given: the stored check values fit no empty password."""
    encryption = b"<< /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <%s> /U <%s> >>" % (b"41" * 32, b"42" * 32)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        encryption,
    ]
    return raw_pdf(objects, b"/Encrypt 4 0 R /ID [<%s> <%s>]" % (b"43" * 16, b"43" * 16))
