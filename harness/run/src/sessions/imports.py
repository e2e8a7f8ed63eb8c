"""Records which modules Python processes of a recipe import, so that a trace pins only the packages that were used.

Lives in the site-packages of a toolbox's environment, beside a .pth line that imports it; does nothing unless DOGFOOD_IMPORTS
names a file. It must never get in a program's way: it finds no module, raises nothing, keeps no file open (a program may close or
reuse any descriptor) and works across fork, because every name is one append.
"""

import os
import sys


class Recorder:
    """A finder that finds nothing and notes what was looked for."""

    def __init__(self, path, append=os.open, write=os.write, close=os.close):
        self.path, self.seen = path, set()
        self.append, self.write, self.close = append, write, close
        self.standard = getattr(sys, "stdlib_module_names", frozenset(sys.builtin_module_names))

    def find_spec(self, name, path=None, target=None):
        try:
            parts = name.split(".", 3)[:3]  # three levels tell apart what namespace packages hold
            if parts[0] not in self.standard:
                name = ".".join(parts)
                if name not in self.seen:
                    self.seen.add(name)
                    file = self.append(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
                    try:
                        self.write(file, (name + "\n").encode("utf-8", "replace"))
                    finally:
                        self.close(file)
        except (OSError, AttributeError, TypeError):  # a full disk; an interpreter that is being taken down
            pass
        return None


try:
    if os.environ.get("DOGFOOD_IMPORTS"):
        sys.meta_path.insert(0, Recorder(os.environ["DOGFOOD_IMPORTS"]))
except Exception:
    pass
