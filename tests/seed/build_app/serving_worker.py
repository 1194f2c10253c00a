"""Serves a small model as its package would: records in, status and answer out, as JSON lines.

Its working directory holds the data and `dataset.toml`. The model is a sum of its inputs, each
with a weight of its own, so that no two inputs are taken for each other.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import preprocess
import xgboost
from served_package import CODE, SERVED_SCRIPTS, ServedPackage, write_package

FOLDER, SCRIPTS = Path.cwd(), Path(preprocess.__file__).parent
FOLDERS = [
    part
    for name in ("train", "validation", "test", "statistics")
    for part in (f"--{name}-dir", str(FOLDER / name))
]
SETTINGS = FOLDER / "dataset.toml"
INPUT = ("--input-dir", str(FOLDER), "--input-url", "s3://bucket/data.csv")
sys.stdout, said = sys.stderr, sys.stdout
assert preprocess.main([*INPUT, "--dataset-file", str(SETTINGS), *FOLDERS]) == 0
table = np.loadtxt(FOLDER / "train/train.csv", delimiter=",")[:, 1:]
weights = 2.0 ** np.arange(table.shape[1])
linear = {"booster": "gblinear", "eta": 1, "lambda": 0}
booster = xgboost.train(linear, xgboost.DMatrix(table, table @ weights), 100)
files = {f"{CODE}/{name}": (SCRIPTS / name).read_bytes() for name in SERVED_SCRIPTS}
files[f"{CODE}/dataset.toml"] = SETTINGS.read_bytes()
files[f"{CODE}/statistics.json"] = (FOLDER / "statistics/statistics.json").read_bytes()
files["xgboost-model"] = bytes(booster.save_raw("ubj"))
write_package(FOLDER / "model.tar.gz", files)
with ServedPackage.open(FOLDER / "model.tar.gz") as package:
    for line in sys.stdin:
        answer = package._served.transform_fn(
            package._model, json.loads(line)["record"], "text/csv", "text/csv"
        )
        if isinstance(answer, tuple):
            told = {"status": 200, "answer": float(answer[0])}
        else:
            told = {"status": answer.status_code, "answer": answer.get_data(as_text=True)}
        said.write(f"{json.dumps(told)}\n")
        said.flush()
