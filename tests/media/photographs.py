"""Photos that tell where they were taken, in every way that formats know, and what of it is still in bytes."""

import io
import struct
import zlib

from PIL import Image, PngImagePlugin

SECRETS = (b"Somebody", b"52.5200", b"at home", b"Nowhere Street", b"Canon of Somebody")
ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825


def exif(turned: int = 1) -> Image.Exif:
    notes = Image.Exif()
    notes[MAKER] = "Canon of Somebody"
    notes[ORIENTATION] = turned
    notes.get_ifd(GPS)[1], notes.get_ifd(GPS)[2] = "N", (52.0, 31.0, 12.0)
    return notes


def drawing(size: tuple[int, int] = (640, 400), mode: str = "RGB") -> Image.Image:
    return Image.effect_mandelbrot(size, (-2, -1.5, 1, 1.5), 40).convert(mode)


def noise(size: tuple[int, int]) -> Image.Image:
    """What compresses badly, as photos do."""
    return Image.effect_noise(size, 60).convert("RGB")


XMP = b'<x:xmpmeta exif:GPSLatitude="52.5200">Somebody</x:xmpmeta>'


def jpeg(turned: int = 1, size: tuple[int, int] = (640, 400), **options: object) -> bytes:
    made = io.BytesIO()
    picture = options.pop("picture", None) or drawing(size)
    assert isinstance(picture, Image.Image)
    profile = options.pop("icc_profile", b"a colour profile")
    picture.save(made, "JPEG", exif=exif(turned).tobytes(), comment=b"at home", xmp=XMP, icc_profile=profile, **options)
    return made.getvalue() + b"\x00\x00ftypmp42 Nowhere Street"


def png(turned: int = 1) -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Somebody")
    words.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=False)
    words.add_text("Comment", "at home", zip=True)
    made = io.BytesIO()
    drawing().save(made, "PNG", pnginfo=words, exif=exif(turned).tobytes())
    return made.getvalue() + b"Nowhere Street"


def spoiled_png() -> bytes:
    """A picture with its beginning and its end, whose points nobody can read."""
    made = io.BytesIO()
    drawing((2600, 100)).save(made, "PNG")
    body = bytearray(made.getvalue())
    body[body.index(b"IDAT") + 40 : body.index(b"IEND") - 8] = b""
    return bytes(body)


def webp(turned: int = 1) -> bytes:
    made = io.BytesIO()
    drawing().save(made, "WEBP", exif=exif(turned).tobytes(), xmp=XMP, lossless=True)
    return made.getvalue() + b"Nowhere Street"


def gif() -> bytes:
    frames = [drawing((64, 48), "P"), drawing((64, 48), "L").rotate(180).convert("P")]
    made = io.BytesIO()
    frames[0].save(made, "GIF", save_all=True, append_images=frames[1:], loop=0, comment=b"at home by Somebody")
    return made.getvalue() + b"Nowhere Street"


def told(picture: bytes) -> list[bytes]:
    """What of the secrets can still be found, plain or in a PNG's compressed words."""
    text = picture
    for position in range(len(picture) - 4):
        if picture[position : position + 4] == b"zTXt":
            (length,) = struct.unpack(">I", picture[position - 4 : position])
            body = picture[position + 4 : position + 4 + length]
            text += zlib.decompress(body.split(b"\x00", 1)[1][1:])
    return [secret for secret in SECRETS if secret in text]


def opened(picture: bytes) -> Image.Image:
    found = Image.open(io.BytesIO(picture))
    found.load()
    return found
