"""What the faces bench compares ours with: facenet-pytorch, and face_recognition's calls on dlib.

facenet-pytorch's InceptionResnetV1 has random weights here (its own are not in its package), so it counts for
the speed only. face_recognition imports pkg_resources, which setuptools no longer brings: its calls are made
on dlib directly, HOG detector with one upsampling, 5 landmarks, 128 numbers.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY

CARDS = read_cards(REPOSITORY / "models")
OURS, FACENET, DLIB = "ours", "facenet-pytorch", "face_recognition (dlib)"


def facenet(rgb: np.ndarray) -> Callable[[], int]:
    """facenet-pytorch as its README shows it, default settings but `keep_all`."""
    from facenet_pytorch import MTCNN, InceptionResnetV1

    detector, network = MTCNN(keep_all=True), InceptionResnetV1(pretrained=None).eval()
    image = Image.fromarray(rgb)

    def work() -> int:
        with torch.inference_mode():
            faces = detector(image)
            return len(network(faces))

    return work


def dlib_way(rgb: np.ndarray) -> Callable[[], int]:
    """face_recognition's way: `face_locations`, then `face_encodings` of them."""
    describe = dlib_describe()
    return lambda: len(describe(rgb))


def dlib_describe() -> Callable[[np.ndarray], list[tuple[int, np.ndarray]]]:
    """From (H, W, 3) uint8 to each face's area and 128 numbers, with face_recognition's defaults."""
    import dlib

    spec = importlib.util.find_spec("face_recognition_models")
    assert spec is not None
    assert spec.submodule_search_locations
    models = Path(spec.submodule_search_locations[0]) / "models"
    detector = dlib.get_frontal_face_detector()
    predictor = dlib.shape_predictor(str(models / "shape_predictor_5_face_landmarks.dat"))
    network = dlib.face_recognition_model_v1(str(models / "dlib_face_recognition_resnet_model_v1.dat"))

    def describe(rgb: np.ndarray) -> list[tuple[int, np.ndarray]]:
        height, width = rgb.shape[:2]
        found = []
        for box in detector(rgb, 1):
            inside = dlib.rectangle(
                max(box.left(), 0), max(box.top(), 0), min(box.right(), width), min(box.bottom(), height)
            )
            numbers = network.compute_face_descriptor(rgb, predictor(rgb, inside), 1)
            found.append((inside.area(), np.array(numbers, np.float32)))
        return found

    return describe
