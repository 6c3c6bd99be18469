#!/usr/bin/env bash
# ONNX Runtime 1.30.0 on Linux: "import onnxruntime" alone makes a device id in the home directory and records events, later ones with the name of each model's graph.
#
# Until 1.28 the library recorded events on Windows only, and the switch for that, disable_telemetry_events, is a function of the library. The CPU packages
# for Linux now record too. At the import, before any switch can be turned, ~/.cache/Microsoft/DeveloperTools/.onnxruntime gets a file "deviceid" with a random UUID, which
# stays for later runs, and an SQLite file with events that wait to be sent: the path of the program, the kind of CPU, the distribution, the size of memory. A session adds the
# name of the model's graph, its operator sets and how long its runs took. disable_telemetry_events() after the import ends it, but the device id and the first events
# are there. Only the variable ORT_DISABLE_TELEMETRY=1, set before the library is loaded, leaves nothing. The Java library does the same from 1.29.0 on.
#
# For users: set ORT_DISABLE_TELEMETRY=1 in the environment of whatever loads ONNX Runtime, in containers and on executors too, where models or machines are confidential; and do
# not put secrets into names of graphs. Version 1.28.0 for Java leaves nothing on Linux.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip -q install onnxruntime==1.30.0 onnx==1.23.1 numpy==2.4.1 2> /dev/null

cat > look.py <<'PY'
import sys
import time

import onnxruntime

if "off" in sys.argv:
    onnxruntime.disable_telemetry_events()
if "session" in sys.argv:
    import numpy
    from onnx import TensorProto, helper

    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "project-of-ours", values[:1], values[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    session.run(None, {"x": numpy.ones(1, "float32")})
time.sleep(1)
PY
cat > events.py <<'PY'
import pathlib
import re
import sqlite3
import sys

folder = pathlib.Path(sys.argv[1]) / ".cache/Microsoft/DeveloperTools/.onnxruntime"
identity = (folder / "deviceid").read_text() if (folder / "deviceid").exists() else ""
payloads = []
if (folder / "onnxruntime.db").exists():
    with sqlite3.connect(folder / "onnxruntime.db") as events:
        payloads = [row[0] for row in events.execute("select payload from events")]
names = sorted({match.decode() for payload in payloads for match in re.findall(rb"(?:ProcessInfo|SessionCreation(?=q))", payload)})
print("device id" if re.fullmatch(r"[0-9a-f-]{36}", identity) else "no device id", "|", ", ".join(names) or "no events", end="")
print(" | with the graph's name" if any(b"project-of-ours" in payload for payload in payloads) else "")
PY

# In a network namespace of its own nothing is sent; where the machine allows none, the proxy is one that is not there.
alone=(env https_proxy=http://127.0.0.1:9)
! unshare -rn true 2> /dev/null || alone=(unshare -rn)
see() { # see TITLE ENVIRONMENT ARGUMENTS: what is left in an empty home
    rm -rf home && mkdir home
    # shellcheck disable=SC2086 # two words where there are two
    "${alone[@]}" env HOME="$work/home" $2 venv/bin/python look.py $3 > /dev/null 2>&1
    printf '%s: %s\n' "$1" "$(venv/bin/python events.py home)"
}
{
    see "import" "A=1" ""
    see "import, then disable_telemetry_events()" "A=1" "off session"
    see "a session" "A=1" "session"
    see "a session with ORT_DISABLE_TELEMETRY=1" "ORT_DISABLE_TELEMETRY=1" "session"
} | tee seen
diff seen - <<'TEXT'
import: device id | ProcessInfo
import, then disable_telemetry_events(): device id | ProcessInfo
a session: device id | ProcessInfo, SessionCreation | with the graph's name
a session with ORT_DISABLE_TELEMETRY=1: no device id | no events
TEXT
