"""OpenCV's own FaceDetectorYN and FaceRecognizerSF on the models that prepare.py leaves."""

import sys
from pathlib import Path

import cv2
from peer import serve

cv2.setNumThreads(1)
models = Path(sys.argv[1])
detector = cv2.FaceDetectorYN.create(str(models / "yunet.onnx"), "", (640, 480), 0.6)
recogniser = cv2.FaceRecognizerSF.create(str(models / "sface.onnx"), "")


def feature(path: str):
    image = cv2.imread(path)
    detector.setInputSize((image.shape[1], image.shape[0]))
    _, faces = detector.detect(image)
    return recogniser.feature(recogniser.alignCrop(image, faces[0]))


serve(lambda a, b: recogniser.match(feature(a), feature(b), cv2.FaceRecognizerSF_FR_COSINE))
