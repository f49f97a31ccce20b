"""Photographs that nobody took: a sky, a light, hills one behind the other. The same seed gives the same picture."""

import io
import math
import random
from dataclasses import dataclass

from PIL import Image, ImageColor, ImageDraw, ImageFilter

_SIZE = (1200, 900)
_LAYERS = 4


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture is called, and its colours: the sky above and at the horizon, the nearest hill, the light."""

    name: str
    sky: tuple[str, str]
    ground: str
    light: str = "#fff3cf"


SUMMER = (
    Scene("Lake in the morning.jpg", ("#7cc4e8", "#f6e3c5"), "#1f5a4b"),
    Scene("Everybody on the jetty.jpg", ("#4a90c2", "#cfe8ee"), "#2c4a3a"),
    Scene("Lanterns.jpg", ("#1d2452", "#e08a5b"), "#181a33", "#ffc35c"),
    Scene("The band.jpg", ("#5a2a63", "#f2a65a"), "#2a1733", "#ffe08a"),
    Scene("Cake, before.jpg", ("#f3b7a0", "#fff0dc"), "#a8543f"),
    Scene("Cake, after.jpg", ("#e6cfc3", "#fff8ee"), "#7a5c4f"),
    Scene("Last bus home.jpg", ("#0c1d36", "#4f6d8f"), "#0a1422", "#f4f1d0"),
)
OPEN_DAY = (
    Scene("Welcome.jpg", ("#8fd0ff", "#fef6e4"), "#3f7d58"),
    Scene("Workshop tour.jpg", ("#c9d6df", "#f5f5f0"), "#52616b"),
    Scene("Children's corner.jpg", ("#ffd3b6", "#fffbe6"), "#d96c75"),
    Scene("The new hall.jpg", ("#355c7d", "#f8b195"), "#2b2d42", "#ffe5a8"),
    Scene("Guests of honour.jpg", ("#99b898", "#fdf6ec"), "#2f4f43"),
)


def painted(scene: Scene) -> bytes:
    """The picture as JPEG."""
    chance = random.Random(scene.name)
    picture = _sky(scene)
    _shine(picture, scene, chance)
    near, far = ImageColor.getrgb(scene.ground), ImageColor.getrgb(scene.sky[1])
    for layer in range(_LAYERS):
        share = (layer + 1) / _LAYERS
        colour = tuple(round(b + (a - b) * share) for a, b in zip(near, far, strict=True))
        ImageDraw.Draw(picture).polygon(_ridge(chance, 0.45 + 0.13 * layer), fill=colour)
    body = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(0.6)).save(body, "JPEG", quality=88)
    return body.getvalue()


def _sky(scene: Scene) -> Image.Image:
    above, below = (Image.new("RGB", _SIZE, colour) for colour in scene.sky)
    return Image.composite(below, above, Image.linear_gradient("L").resize(_SIZE))


def _shine(picture: Image.Image, scene: Scene, chance: random.Random) -> None:
    width, height = _SIZE
    x, y = chance.uniform(0.2, 0.8) * width, chance.uniform(0.18, 0.4) * height
    for radius, strength in ((220, 40), (120, 70), (55, 255)):
        mask = Image.new("L", _SIZE)
        ImageDraw.Draw(mask).ellipse((x - radius, y - radius, x + radius, y + radius), fill=strength)
        picture.paste(scene.light, mask=mask.filter(ImageFilter.GaussianBlur(radius / 8)))


def _ridge(chance: random.Random, height: float) -> list[tuple[float, float]]:
    width, bottom = _SIZE
    waves = [(chance.uniform(0.02, 0.06) / n, n * chance.uniform(0.8, 1.6), chance.uniform(0, 6)) for n in (1, 2, 5)]
    line = [
        (x, bottom * (height + sum(a * math.sin(f * x / width * 6 + p) for a, f, p in waves)))
        for x in range(0, width + 1, 10)
    ]
    return [(0, bottom), *line, (width, bottom)]
