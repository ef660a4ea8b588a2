"""What prepare.py does, one concern a file: manifest, fetch, rewrite, tflite_to_onnx."""
