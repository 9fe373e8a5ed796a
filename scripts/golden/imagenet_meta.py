"""The development kit's meta.mat in small, and the labels that its numbers of classes stand for."""

import io
import json
import pathlib
import random
import sys

import numpy
import scipy.io

folder = pathlib.Path(sys.argv[1])
wnids = pathlib.Path('manifests/imagenet-wnids.txt').read_text().split()
groups = [f'n{99000000 + i:08d}' for i in range(5)]

# The kit's own order of the classes is none that could be guessed; groups of classes stand behind them.
order = wnids[:]
random.Random(2012).shuffle(order)

fields = ['ILSVRC2012_ID', 'WNID', 'words', 'gloss', 'num_children', 'children', 'wordnet_height', 'num_train_images']
synsets = numpy.zeros((len(order) + len(groups), 1), dtype=[(field, object) for field in fields])
for i, wnid in enumerate(order + groups):
    children = [float(i)] * 3 if wnid in groups else []
    synsets[i, 0] = (float(i + 1), wnid, 'wörd' if i == 0 else 'word', 'gloss', float(len(children)), children, 1.0, 1300.0)


def written(compressed):
    file = io.BytesIO()
    scipy.io.savemat(file, {'before': numpy.arange(3), 'synsets': synsets}, do_compression=compressed)
    # The header has the time.
    content = bytearray(file.getvalue())
    content[:116] = b'MATLAB 5.0 MAT-file'.ljust(116)
    return bytes(content)


(folder / 'imagenet-meta.mat').write_bytes(written(True))

read = scipy.io.loadmat(folder / 'imagenet-meta.mat', squeeze_me=True)['synsets']
names = {int(row['ILSVRC2012_ID']): str(row['WNID']) for row in read if int(row['num_children']) == 0}
places = {wnid: place for place, wnid in enumerate(sorted(names.values()))}
labels = [places[names[number]] for number in range(1, len(names) + 1)]
(folder / 'imagenet-meta.json').write_text(json.dumps(labels) + '\n')
