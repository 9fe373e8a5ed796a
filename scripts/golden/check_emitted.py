"""Holds every file that grodin emits for the golden networks to ONNX's own checker.

Usage: /usr/bin/python3 scripts/golden/check_emitted.py FOLDER   (a folder of files that `grodin compile` wrote)
"""

import sys
from pathlib import Path

import onnx

files = sorted(Path(sys.argv[1]).glob("*.onnx"))
refused = 0
for file in files:
    try:
        onnx.checker.check_model(str(file), full_check=True)
    except Exception as error:  # noqa: BLE001
        refused += 1
        print(f"{file.name}: {error}")
print(f"{len(files)} files, {refused} refused by the checker of onnx {onnx.__version__}")
sys.exit(0 if files and refused == 0 else 1)
