"""The picture of a QR code.

Odoo's own ``barcode`` draws with a renderer of reportlab that needs Cairo, which not every server has.
"""

import io

from PIL import Image
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

#: white around the code, in modules (ISO 18004)
_QUIET = 4
#: size of a module in pixels
_MODULE = 5


def draw(text):
    """A PNG of the code with error correction M, as EPC069-12 asks."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    size = code.getModuleCount()
    picture = Image.new("1", (size + 2 * _QUIET,) * 2, 1)
    for row in range(size):
        for column in range(size):
            if code.isDark(row, column):
                picture.putpixel((column + _QUIET, row + _QUIET), 0)
    stream = io.BytesIO()
    picture.resize([side * _MODULE for side in picture.size]).save(stream, "PNG", optimize=True)
    return stream.getvalue()
