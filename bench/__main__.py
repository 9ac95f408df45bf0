"""Every measurement, one after the other: `make bench`."""

import subprocess
import sys
from pathlib import Path

for script in ("cold_start", "idle", "planning", "choosing", "preview"):
    subprocess.run([sys.executable, Path(__file__).parent / f"{script}.py"], check=True)
