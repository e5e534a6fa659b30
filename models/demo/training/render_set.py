"""Renders a set of scenes to a folder: ``render_set.py FOLDER COUNT FIRST_SEED``."""

import sys
from pathlib import Path

from data import make_set

if __name__ == "__main__":
    make_set(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
