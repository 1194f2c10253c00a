"""The script that `propose-dataset --framework scikit-learn` begins with."""

TRAINING_SCRIPT = '''"""Trains a random forest of scikit-learn; change it to train what you like.

SageMaker gives the channels as folders, the hyperparameters of pipeline.toml as arguments, and
takes what lies in the model folder: `model.joblib` is what evaluation and endpoint load. The
channels hold numbers: the label first (the position of a class), then the model's input.
"""

import argparse
import os
from pathlib import Path

import joblib
import numpy as np
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

parser = argparse.ArgumentParser()
parser.add_argument("--task", required=True)
parser.add_argument("--trees", type=int, default=300)
parser.add_argument("--min-samples-leaf", type=int, default=2)
parser.add_argument("--seed", type=int, default=0)
arguments = parser.parse_args()

table = np.loadtxt(Path(os.environ["SM_CHANNEL_TRAIN"]) / "train.csv", delimiter=",", ndmin=2)
forest = RandomForestRegressor if arguments.task == "regression" else RandomForestClassifier
model = forest(
    n_estimators=arguments.trees,
    min_samples_leaf=arguments.min_samples_leaf,
    random_state=arguments.seed,
)
model.fit(table[:, 1:], table[:, 0])
joblib.dump(model, Path(os.environ["SM_MODEL_DIR"]) / "model.joblib", compress=3)
print(f"trained {arguments.trees} trees on {len(table)} records")
'''
