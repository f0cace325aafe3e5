"""Run the `$ rap-` lines of a manual page's literal displays, here.

What a display shows below a command, up to the next command, must be its
standard output; nothing shown: only that it ends with 0 is looked at.  `...`
alone on a line stands for any lines.
"""
import re
import subprocess
import sys

page = sys.argv[1]
with open(page) as f:
    text = f.read()
failed = 0
for display in re.findall(r"^\.Bd -literal.*\n((?:.*\n)*?)\.Ed$", text, re.M):
    display = display.replace("\\e", "\\").replace("\\&", "")
    for part in re.split(r"^\$ ", display, flags=re.M)[1:]:
        lines = part.splitlines(keepends=True)
        command = lines.pop(0)
        while command.endswith(("\\\n", "|\n")):
            command += lines.pop(0)
        if not command.startswith("rap-"):
            continue
        run = subprocess.run(["bash", "-o", "pipefail", "-c", command],
                             capture_output=True, text=True)
        want = re.escape("".join(lines)).replace("\\.\\.\\.\n", "(.*\n)*")
        if lines and not re.fullmatch(want, run.stdout):
            print("%s: $ %sgives\n%snot\n%s" % (
                page, command, run.stdout, "".join(lines)))
            failed = 1
        elif not lines and run.returncode != 0:
            print("%s: $ %sstatus %d" % (page, command, run.returncode))
            failed = 1
        if failed and run.stderr:
            print(run.stderr)
sys.exit(failed)
