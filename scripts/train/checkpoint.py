"""Checkpoints that appear whole or not at all."""
import json
import os
import pickle
import zipfile

import torch

FORMAT = "grodin-train-1"


def write_checkpoint(path, about, tensors):
    """Writes beside the old checkpoint, to the disk, and then takes its place: a kill leaves the one or the other.

    @param about what is no tensor; as JSON, since loading weights alone, which no file can abuse, takes few other types
    """
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        with open(temporary, "wb") as file:
            torch.save({"format": FORMAT, "about": json.dumps(about), **tensors}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)
    folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_checkpoint(path):
    """@returns about and tensors as one; @throws ValueError in one line, where the file is no checkpoint"""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, pickle.UnpicklingError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path}: can't be read as a checkpoint ({str(error).splitlines()[0]}); "
                         "give a checkpoint.pt that train.py wrote") from error
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise ValueError(f"{path}: is no checkpoint of train.py; for a state_dict give export.py a network and --weights FILE")
    return {**json.loads(state.pop("about")), **state}
