import os
import sys

print("before" if os.path.exists("state") else "fresh", flush=True)
for line in sys.stdin:
    if line == "save\n":
        open("state", "w").close()
        print("saved", flush=True)
    elif line == "hang\n":
        while True:
            pass
    elif line == "exit\n":
        sys.exit(3)
    else:
        print(int(line) * 2, flush=True)
