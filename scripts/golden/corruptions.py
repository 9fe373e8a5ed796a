"""Corruptions of ImageNet-C by independent tools, with draws by a formula.

    apt-get install python3-skimage python3-opencv python3-wand
    python3 scripts/golden/corruptions.py test/images/corruptions.npy
    python3 scripts/golden/corruptions.py --full FOLDER [--frost DIR] [--photographs FILE...]

The first writes uint8 [96, 32, 32, 3]: of a scene of a formula, corrupted in each of 19 x 5 cells in the order of CELLS, every
seventh pixel of every seventh row; and of the scene alone, as it is once it was stored as the published images are. The second writes whole images for dist/scripts/corruptions/check.js: of the scene and of
each photograph (shorter side 256, central 224 pixels), IMAGE/clean.rgb and IMAGE/CORRUPTION-SEVERITY.rgb, [224, 224, 3].

What a corruption is, is the definition of Hendrycks and Dietterich (2019); numbers that they draw are `Draws` here. Blurs are
scikit-image's and OpenCV's, zoom and displacement SciPy's, colours scikit-image's, motion blur ImageMagick's through Wand,
resizing and JPEG Pillow's. scripts/corruptions/formula.ts repeats scene, textures and draws.
"""
import argparse
import io
from pathlib import Path

import cv2
import numpy
import scipy.ndimage
import skimage.color
import skimage.filters
import skimage.util
from PIL import Image
from wand.api import library
from wand.image import Image as WandImage
import ctypes

SIDE = 224
SEVERITIES = range(1, 6)


def mixed(values):
    """Bits of 32-bit numbers, stirred as in MurmurHash3's finaliser."""
    h = numpy.asarray(values, numpy.uint32).copy()
    with numpy.errstate(over="ignore"):
        h ^= h >> numpy.uint32(16)
        h *= numpy.uint32(0x85EBCA6B)
        h ^= h >> numpy.uint32(13)
        h *= numpy.uint32(0xC2B2AE35)
        h ^= h >> numpy.uint32(16)
    return h


class Draws:
    """Numbers by a formula of (salt, how many calls came before, index)."""

    def __init__(self, salt):
        self.salt = salt
        self.calls = 0

    def uniforms(self, *shape):
        count = int(numpy.prod(shape))
        base = int(mixed([self.salt * 1000 + self.calls])[0])
        self.calls += 1
        return (mixed(numpy.arange(count, dtype=numpy.uint32) ^ numpy.uint32(base)) / 2.0**32).reshape(shape)

    def normals(self, *shape):
        u = self.uniforms(*shape, 4)
        return (u[..., 0] + u[..., 1] + u[..., 2] + u[..., 3] - 2) * numpy.sqrt(3.0)

    def counts(self, rates):
        z = self.normals(*rates.shape)
        return numpy.maximum(0, numpy.floor(rates + numpy.sqrt(rates) * z + 0.5))


class Recorded:
    """Stands in for NumPy's generator where a tool draws for itself."""

    def __init__(self, *arrays):
        self.arrays = list(arrays)

    def random(self, shape):
        return self.arrays.pop(0).reshape(shape)


def scene():
    y, x = numpy.mgrid[0:SIDE, 0:SIDE]
    noise = mixed(y * SIDE + x).astype(numpy.int64) & 63
    image = numpy.stack([(x * 255) // 223, (y * 255) // 223, ((x + y) * 255) // 446], -1)
    disc = (x - 70) ** 2 + (y - 80) ** 2 < 2500
    image[disc] = (230, 40, 60)
    square = (abs(x - 160) < 40) & (abs(y - 60) < 30)
    image[square] = (20, 90, 200)
    stripes = (y > 130) & (y < 180) & (x > 20) & (x < 110)
    image[stripes] = numpy.where(((x // 5) % 2 == 0)[..., None], 250, 15)[stripes]
    grain = (y > 130) & (y < 200) & (x > 120) & (x < 210)
    image[grain] = numpy.stack([100 + noise, 80 + noise, 60 + noise // 2], -1)[grain]
    image[200:, :60] = 0
    image[200:, 60:120] = 255
    image[200:, 120:180] = 128
    return image.astype(numpy.uint8)


def texture(number):
    """One of five, each larger than an image, of another size and other streaks."""
    y, x = numpy.mgrid[0 : 240 + 3 * number, 0 : 300 - 7 * number]
    noise = mixed(y * 1000 + x + number * 1000000).astype(numpy.int64) & 127
    levels = (noise + (x * (number + 2) + y * 3) % 128) % 256
    return numpy.stack([levels, (levels + 40) % 256, 255 - levels // 2], -1).astype(numpy.uint8)


def cropped(file):
    image = Image.open(file).convert("RGB")
    width, height = image.size
    scale = 256 / min(width, height)
    size = (256, int(256 * height / width)) if width <= height else (int(256 * width / height), 256)
    image = image.resize(size, Image.BILINEAR)
    left, top = round((size[0] - SIDE) / 2), round((size[1] - SIDE) / 2)
    return numpy.asarray(image.crop((left, top, left + SIDE, top + SIDE)))


def unit(image):
    return numpy.asarray(image) / 255.0


def levels(values):
    return numpy.clip(values, 0, 1) * 255


def blurred(values, sigma, **options):
    return skimage.filters.gaussian(values, sigma=sigma, **options)


def noise(scales, of):
    def apply(image, severity, draws, _):
        x = unit(image)
        return levels(x + of(x) * (draws.normals(*x.shape) * scales[severity - 1]))

    return apply


def shot_noise(image, severity, draws, _):
    rate = (60, 25, 12, 5, 3)[severity - 1]
    return levels(draws.counts(unit(image) * rate) / rate)


def impulse_noise(image, severity, draws, _):
    amount = (0.03, 0.06, 0.09, 0.17, 0.27)[severity - 1]
    recorded = Recorded(draws.uniforms(*image.shape), draws.uniforms(*image.shape))
    usual, numpy.random.default_rng = numpy.random.default_rng, lambda _: recorded
    try:
        return levels(skimage.util.random_noise(unit(image), mode="s&p", amount=amount))
    finally:
        numpy.random.default_rng = usual


def defocus_blur(image, severity, _, __):
    radius, sigma = ((3, 0.1), (4, 0.5), (6, 0.5), (8, 0.5), (10, 0.5))[severity - 1]
    reach, side = (8, 3) if radius <= 8 else (radius, 5)
    y, x = numpy.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = (x * x + y * y <= radius * radius).astype(numpy.float32)
    disc /= numpy.sum(disc)
    kernel = cv2.GaussianBlur(disc, ksize=(side, side), sigmaX=sigma)
    channels = [cv2.filter2D(unit(image)[..., c], -1, kernel) for c in range(3)]
    return levels(numpy.stack(channels, -1))


def glass_blur(image, severity, draws, _):
    sigma, reach, rounds = ((0.7, 1, 2), (0.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2))[severity - 1]
    x = (blurred(unit(image), sigma, channel_axis=-1) * 255).astype(numpy.uint8)
    places = range(SIDE - reach, reach, -1)
    for _ in range(rounds):
        u = draws.uniforms(len(places), len(places), 2)
        steps = (numpy.floor(u * 2 * reach) - reach).astype(int)
        for i, row in enumerate(places):
            for j, column in enumerate(places):
                dx, dy = steps[i, j]
                x[row, column] = x[row + dy, column + dx]
    return levels(blurred(x / 255.0, sigma, channel_axis=-1))


library.MagickMotionBlurImage.argtypes = (ctypes.c_void_p, ctypes.c_double, ctypes.c_double, ctypes.c_double)


def moved(image, radius, sigma, angle):
    """@param image Pillow's @return [H, W] of grey images, else [H, W, 3]"""
    file = io.BytesIO()
    image.save(file, "PNG")
    with WandImage(blob=file.getvalue()) as wand:
        library.MagickMotionBlurImage(wand.wand, radius, sigma, angle)
        blob = wand.make_blob()
    pixels = cv2.imdecode(numpy.frombuffer(blob, numpy.uint8), cv2.IMREAD_UNCHANGED)
    return pixels if pixels.ndim == 2 else pixels[..., ::-1]


def motion_blur(image, severity, draws, _):
    radius, sigma = ((10, 3), (15, 5), (15, 8), (15, 12), (20, 15))[severity - 1]
    angle = -45 + 90 * draws.uniforms(1)[0]
    pixels = moved(Image.fromarray(image), radius, sigma, angle)
    return pixels if pixels.ndim == 3 else numpy.stack([pixels] * 3, -1)


def zoomed(values, factor):
    side = values.shape[0]
    kept = int(numpy.ceil(side / factor))
    top = (side - kept) // 2
    large = scipy.ndimage.zoom(values[top : top + kept, top : top + kept], (factor, factor, 1), order=1)
    trim = (large.shape[0] - side) // 2
    return large[trim : trim + side, trim : trim + side]


def zoom_blur(image, severity, _, __):
    end, step = ((1.11, 0.01), (1.16, 0.01), (1.21, 0.02), (1.26, 0.02), (1.31, 0.03))[severity - 1]
    factors = numpy.arange(1, end, step)
    x = unit(image).astype(numpy.float32)
    total = numpy.zeros_like(x)
    for factor in factors:
        total += zoomed(x, factor)
    return levels((x + total) / (len(factors) + 1))


def snow(image, severity, draws, _):
    mean, deviation, zoom, threshold, radius, sigma, mix = (
        (0.1, 0.3, 3, 0.5, 10, 4, 0.8),
        (0.2, 0.3, 2, 0.5, 12, 4, 0.7),
        (0.55, 0.3, 4, 0.9, 12, 8, 0.7),
        (0.55, 0.3, 4.5, 0.85, 12, 8, 0.65),
        (0.55, 0.3, 2.5, 0.85, 12, 12, 0.55),
    )[severity - 1]
    x = numpy.asarray(image, numpy.float32) / 255.0
    layer = mean + deviation * draws.normals(SIDE, SIDE)
    layer = zoomed(layer[..., None], zoom)[..., 0]
    layer[layer < threshold] = 0
    flakes = Image.fromarray((numpy.clip(layer, 0, 1) * 255).astype(numpy.uint8), "L")
    fallen = moved(flakes, radius, sigma, -135 + 90 * draws.uniforms(1)[0]) / 255.0
    fallen = fallen if fallen.ndim == 3 else fallen[..., None]
    grey = cv2.cvtColor(x, cv2.COLOR_RGB2GRAY)[..., None]
    x = mix * x + (1 - mix) * numpy.maximum(x, grey * 1.5 + 0.5)
    return levels(x + fallen + numpy.rot90(fallen, 2))


def frost(image, severity, draws, textures):
    of_image, of_texture = ((1, 0.4), (0.8, 0.6), (0.7, 0.7), (0.65, 0.7), (0.6, 0.75))[severity - 1]
    u = draws.uniforms(3)
    chosen = textures[int(u[0] * 5)]
    top = int(u[1] * (chosen.shape[0] - SIDE))
    left = int(u[2] * (chosen.shape[1] - SIDE))
    part = chosen[top : top + SIDE, left : left + SIDE]
    return numpy.clip(of_image * image + of_texture * part, 0, 255)


def plasma(decay, draws):
    """Diamonds and squares on a torus of 256 points a side, from 0 to 1."""
    side = 256
    heights = numpy.zeros((side, side))
    wibble, step = 100.0, side
    while step >= 2:
        half = step // 2

        def put(rows, columns, total):
            u = draws.uniforms(*total.shape)
            heights[rows, columns] = total / 4 + wibble * (-wibble + 2 * wibble * u)

        whole, between = slice(0, None, step), slice(half, None, step)
        corners = heights[whole, whole]
        total = corners + numpy.roll(corners, -1, 0)
        put(between, between, total + numpy.roll(total, -1, 1))
        middles = heights[between, between]
        put(whole, between, (middles + numpy.roll(middles, 1, 0)) + (corners + numpy.roll(corners, -1, 1)))
        put(between, whole, (middles + numpy.roll(middles, 1, 1)) + (corners + numpy.roll(corners, -1, 0)))
        step, wibble = half, wibble / decay
    heights -= heights.min()
    return heights / heights.max()


def fog(image, severity, draws, _):
    strength, decay = ((1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4))[severity - 1]
    x = unit(image)
    largest = x.max()
    x = x + strength * plasma(decay, draws)[:SIDE, :SIDE, None]
    return levels(x * largest / (largest + strength))


def brightness(image, severity, _, __):
    more = (0.1, 0.2, 0.3, 0.4, 0.5)[severity - 1]
    hsv = skimage.color.rgb2hsv(unit(image))
    hsv[..., 2] = numpy.clip(hsv[..., 2] + more, 0, 1)
    return levels(skimage.color.hsv2rgb(hsv))


def saturate(image, severity, _, __):
    factor, more = ((0.3, 0), (0.1, 0), (2, 0), (5, 0.1), (20, 0.2))[severity - 1]
    hsv = skimage.color.rgb2hsv(unit(image))
    hsv[..., 1] = numpy.clip(hsv[..., 1] * factor + more, 0, 1)
    return levels(skimage.color.hsv2rgb(hsv))


def contrast(image, severity, _, __):
    factor = (0.4, 0.3, 0.2, 0.1, 0.05)[severity - 1]
    x = unit(image)
    mean = x.mean((0, 1), keepdims=True)
    return levels((x - mean) * factor + mean)


def elastic_transform(image, severity, draws, _):
    strength, sigma, shift = [
        tuple(244 * part for part in parts)
        for parts in ((2, 0.7, 0.1), (2, 0.08, 0.2), (0.05, 0.01, 0.02), (0.07, 0.01, 0.02), (0.12, 0.01, 0.02))
    ][severity - 1]
    x = numpy.asarray(image, numpy.float32) / 255.0
    a, b = 112 + 74, 112 - 74
    corners = numpy.float32([[a, a], [a, b], [b, b]])
    offsets = -shift + 2 * shift * draws.uniforms(3, 2)
    matrix = cv2.getAffineTransform(corners, corners + offsets.astype(numpy.float32))
    x = cv2.warpAffine(x, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT_101)
    field = lambda: (
        blurred(-1 + 2 * draws.uniforms(SIDE, SIDE), sigma, mode="reflect", truncate=3) * strength
    ).astype(numpy.float32)
    across, down = field(), field()
    rows, columns, channels = numpy.mgrid[0:SIDE, 0:SIDE, 0:3]
    at = (rows + down[..., None], columns + across[..., None], channels)
    return levels(scipy.ndimage.map_coordinates(x, at, order=1, mode="reflect"))


def pixelate(image, severity, _, __):
    side = int(SIDE * (0.6, 0.5, 0.4, 0.3, 0.25)[severity - 1])
    small = Image.fromarray(image).resize((side, side), Image.BOX)
    return numpy.asarray(small.resize((SIDE, SIDE), Image.BOX))


def jpeg_compression(image, severity, _, __):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=(25, 18, 15, 10, 7)[severity - 1])
    return numpy.asarray(Image.open(file))


def gaussian_blur(image, severity, _, __):
    return levels(blurred(unit(image), (1, 2, 3, 4, 6)[severity - 1], channel_axis=-1))


def spatter(image, severity, draws, _):
    mean, deviation, sigma, threshold, strength, is_mud = (
        (0.65, 0.3, 4, 0.69, 0.6, False),
        (0.65, 0.3, 3, 0.68, 0.6, False),
        (0.65, 0.3, 2, 0.68, 0.5, False),
        (0.65, 0.3, 1, 0.65, 1.5, True),
        (0.67, 0.4, 1, 0.65, 1.5, True),
    )[severity - 1]
    x = numpy.asarray(image, numpy.float32) / 255.0
    liquid = blurred(mean + deviation * draws.normals(SIDE, SIDE), sigma)
    liquid[liquid < threshold] = 0
    if is_mud:
        cover = blurred((liquid > threshold).astype(numpy.float32), strength)
        cover[cover < 0.8] = 0
        mud = numpy.stack([numpy.full((SIDE, SIDE), level / 255, numpy.float32) for level in (63, 42, 20)], -1)
        return levels(x * (1 - cover[..., None]) + mud * cover[..., None])
    drops = (liquid * 255).astype(numpy.uint8)
    distance = cv2.distanceTransform(255 - cv2.Canny(drops, 50, 150), cv2.DIST_L2, 5)
    distance = cv2.blur(numpy.minimum(distance, 20), (3, 3)).astype(numpy.uint8)
    distance = cv2.equalizeHist(distance)
    distance = cv2.filter2D(distance, cv2.CV_8U, numpy.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]))
    distance = cv2.blur(distance, (3, 3)).astype(numpy.float32)
    water = drops * distance
    water /= water.max()
    water *= strength
    colour = numpy.stack([numpy.full((SIDE, SIDE), level / 255, numpy.float32) for level in (175, 238, 238)], -1)
    return levels(x + water[..., None] * colour)


CORRUPTIONS = {
    "gaussian_noise": noise((0.08, 0.12, 0.18, 0.26, 0.38), lambda x: 1),
    "shot_noise": shot_noise,
    "impulse_noise": impulse_noise,
    "defocus_blur": defocus_blur,
    "glass_blur": glass_blur,
    "motion_blur": motion_blur,
    "zoom_blur": zoom_blur,
    "snow": snow,
    "frost": frost,
    "fog": fog,
    "brightness": brightness,
    "contrast": contrast,
    "elastic_transform": elastic_transform,
    "pixelate": pixelate,
    "jpeg_compression": jpeg_compression,
    "speckle_noise": noise((0.15, 0.2, 0.35, 0.45, 0.6), lambda x: x),
    "gaussian_blur": gaussian_blur,
    "spatter": spatter,
    "saturate": saturate,
}
CELLS = [(name, severity) for name in CORRUPTIONS for severity in SEVERITIES]


def corrupted(image, textures):
    """Each cell of an image, cut to 8 bits."""
    for salt, (name, severity) in enumerate(CELLS):
        yield name, severity, CORRUPTIONS[name](image, severity, Draws(salt), textures).astype(numpy.uint8)


def stored(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=85, optimize=True)
    return numpy.asarray(Image.open(file))


def of_folder(folder):
    names = ["frost1.png", "frost2.png", "frost3.png", "frost4.jpg", "frost5.jpg"]
    return [cv2.imread(str(folder / name))[..., ::-1] for name in names]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--frost", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--photographs", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    textures = [texture(n) for n in range(5)] if given.frost is None else of_folder(given.frost)
    if not given.full:
        images = [*(image for _, _, image in corrupted(scene(), textures)), stored(scene())]
        numpy.save(given.out, numpy.stack([image[3::7, 3::7] for image in images]))
        return
    images = {"scene": scene(), **{file.stem: cropped(file) for file in given.photographs}}
    for name, image in images.items():
        folder = given.out / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "clean.rgb").write_bytes(image.tobytes())
        for corruption, severity, pixels in corrupted(image, textures):
            (folder / f"{corruption}-{severity}.rgb").write_bytes(pixels.tobytes())


if __name__ == "__main__":
    main()
