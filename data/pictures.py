"""Draw the built-in stand-in for CIFAR-10: pictures of ten classes, in the official layout.

The classes are five shapes, each plain or striped. All else is random and tells nothing about the class. That is place,
size, turn, colours, background, noise, and the direction and width of the stripes.
"""

import pickle
from pathlib import Path

import numpy as np

from common.cifar10 import img_size, num_classes
from common.files import write_atomically

SEED = 2016
NUM_TRAIN, NUM_TEST = 5000, 1000
NUM_FILES = 5
# Distance in pixels from the edge of a shape of radius r around (0, 0). It is negative inside.
SHAPES = {
    "disc": lambda x, y, r: np.hypot(x, y) - 0.9 * r,
    "square": lambda x, y, r: np.maximum(abs(x), abs(y)) - 0.8 * r,
    "triangle": lambda x, y, r: np.maximum(0.866 * abs(x) - 0.5 * y, y) - 0.6 * r,
    "cross": lambda x, y, r: np.maximum(np.maximum(abs(x), abs(y)) - r, np.minimum(abs(x), abs(y)) - 0.33 * r),
    "ring": lambda x, y, r: abs(np.hypot(x, y) - 0.8 * r) - 0.25 * r,
}
CLASS_NAMES = [f"{fill} {shape}" for shape in SHAPES for fill in ("plain", "striped")]


def draw(labels, random):
    """Return pictures, uint8 [n, 32, 32, 3], of the classes `labels`, int [n]. `random` is a RandomState."""
    n = len(labels)

    def each(low, high, *shape):
        return random.uniform(low, high, size=(n, 1, 1, *shape))

    rows, columns = np.mgrid[:img_size, :img_size] - (img_size - 1) / 2
    y, x = rows - each(-2.5, 2.5), columns - each(-2.5, 2.5)
    radius, turn = each(8, 10.5), each(-0.3, 0.3)
    x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    distance = np.empty(x.shape)
    for number, edge in enumerate(SHAPES.values()):
        chosen = labels // 2 == number
        distance[chosen] = edge(x[chosen], y[chosen], radius[chosen])

    # The background goes over from one colour to another. The shape, or its stripes, is lighter or darker than both.
    ground, light = each(0.3, 0.7, 3), random.choice([-1, 1], size=(n, 1, 1, 1))
    slope = each(-0.15, 0.15, 3) * (rows / img_size)[..., None] + each(-0.15, 0.15, 3) * (columns / img_size)[..., None]
    background = ground + slope
    colour = background + light * each(0.3, 0.5, 3)
    other = background - light * each(0.0, 0.2, 3)
    direction, width, phase = each(0, np.pi), each(3.5, 5), each(0, 2 * np.pi)
    wave = np.sin((x * np.cos(direction) + y * np.sin(direction)) * 2 * np.pi / width + phase)
    stripe = np.where((labels % 2 == 1)[:, None, None], np.clip(0.5 + 1.5 * wave, 0, 1), 1.0)[..., None]
    inside = np.clip(0.5 - distance, 0, 1)[..., None]
    filled = stripe * colour + (1 - stripe) * other
    image = inside * filled + (1 - inside) * background + random.normal(0, 0.03, size=(n, img_size, img_size, 3))
    return np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)


def write_pictures(directory):
    """Write five training files, a test file and `batches.meta` into `directory`. Files that exist are made anew."""
    random = np.random.RandomState(SEED)
    per_file = NUM_TRAIN // NUM_FILES
    files = [(f"data_batch_{i + 1}", f"training batch {i + 1} of {NUM_FILES}", per_file) for i in range(NUM_FILES)]
    for name, title, count in [*files, ("test_batch", "testing batch 1 of 1", NUM_TEST)]:
        labels = random.permutation(np.arange(count) % num_classes)
        planes = draw(labels, random).transpose(0, 3, 1, 2).reshape(count, -1)
        content = {
            b"batch_label": title.encode(),
            b"labels": labels.tolist(),
            b"data": planes,
            b"filenames": [
                b"%s_%06d.png" % (CLASS_NAMES[c].replace(" ", "_").encode(), i) for i, c in enumerate(labels)
            ],
        }
        write(Path(directory) / name, content)
    names = [name.encode() for name in CLASS_NAMES]
    meta = {b"num_cases_per_batch": per_file, b"label_names": names, b"num_vis": planes.shape[1]}
    write(Path(directory) / "batches.meta", meta)


def write(path, content):
    """Write `content` to `path` as a pickle that the listing's own reader reads."""
    write_atomically(path, pickle.dumps(content, protocol=3))
