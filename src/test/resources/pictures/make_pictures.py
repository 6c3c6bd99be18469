"""Makes pictures of all kinds with Pillow, and beside each the values that Pillow has for it.

Usage: make_pictures.py PHOTO.jpg   (made with Pillow 12.3.0 of scikit-learn's china.jpg, CC BY 2.0)
For NAME.png or NAME.jpg, NAME.rgb and NAME.grey hold [channels, height, width], a byte each, and NAME.small those of
[3, 13, 17] after Image.resize((17, 13), Resampling.BILINEAR). What has no such files must be refused.
"""
import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

here = Path(__file__).parent
photo = Image.open(sys.argv[1]).convert("RGB").crop((200, 150, 360, 270)).resize((47, 35), Image.Resampling.LANCZOS)


def values(picture):
    array = np.asarray(picture)
    return (array if array.ndim == 2 else np.moveaxis(array, 2, 0)).tobytes()


def save(name, picture, **options):
    picture.save(here / name, **options)
    read = Image.open(here / name)
    stem = here / name.rpartition(".")[0]
    rgb = read.convert("RGB")
    stem.with_suffix(".rgb").write_bytes(values(rgb))
    stem.with_suffix(".grey").write_bytes(values(read.convert("L")))
    stem.with_suffix(".small").write_bytes(values(rgb.resize((17, 13), Image.Resampling.BILINEAR)))


alpha = Image.fromarray((np.arange(35)[:, None] * 7 + np.zeros((1, 47))).astype(np.uint8))
rgba = photo.copy()
rgba.putalpha(alpha)
grey_alpha = photo.convert("L")
grey_alpha.putalpha(alpha)
save("png-rgb.png", photo)
save("png-rgba.png", rgba)
save("png-grey.png", photo.convert("L"))
save("png-grey-alpha.png", grey_alpha)
save("png-palette.png", photo.quantize(50))
save("png-palette-transparent.png", photo.quantize(15), transparency=3)
save("png-black-white.png", photo.convert("1"))
save("png-transparent-colour.png", photo, transparency=(0, 0, 0))
# A profile whose red is green, so that whoever applies it is found out.
srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
swapped = srgb.replace(b"rXYZ", b"????", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"????", b"gXYZ", 1)
for name, options in {
    "jpeg-420": {"quality": 90, "subsampling": 2},
    "jpeg-444": {"quality": 75, "subsampling": 0},
    "jpeg-progressive": {"quality": 75, "progressive": True},
    "jpeg-profile": {"quality": 90, "icc_profile": swapped},
}.items():
    save(name + ".jpg", photo, **options)
save("jpeg-grey.jpg", photo.convert("L"), quality=85)
turned = Image.Exif()
turned[0x0112] = 6
save("jpeg-turned.jpg", photo, quality=85, exif=turned)

photo.convert("CMYK").save(here / "refused-cmyk.jpg")
Image.fromarray(np.arange(35 * 47, dtype=np.uint16).reshape(35, 47) * 30).save(here / "refused-16-bits.png")
photo.save(here / "refused-gif.png", format="GIF")
for name in ("png-rgb.png", "jpeg-420.jpg"):
    whole = (here / name).read_bytes()
    (here / ("refused-cut-" + name)).write_bytes(whole[: len(whole) * 2 // 3])
whole = bytearray((here / "png-rgb.png").read_bytes())
whole[len(whole) // 2] ^= 1
(here / "refused-damaged.png").write_bytes(whole)


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


bomb = io.BytesIO()
bomb.write(b"\x89PNG\r\n\x1a\n")
bomb.write(chunk(b"IHDR", struct.pack(">IIBBBBB", 100000, 100000, 8, 2, 0, 0, 0)))
bomb.write(chunk(b"IDAT", zlib.compress(bytes(1000))))
bomb.write(chunk(b"IEND", b""))
(here / "refused-huge.png").write_bytes(bomb.getvalue())
