# Runs the Python steps of a recipe, one after another, in the module __main__ of one process. Started by sessions/python.rs, which
# says which descriptors are whose. Everything in here stays out of __main__, of sys.argv and of tracebacks.
import __future__, ast, inspect, json, linecache, os, sys, traceback

CONTROL, REPLY, OUT, ERR = map(int, sys.argv[2].split(","))
for number in (CONTROL, REPLY, OUT, ERR):
    os.set_inheritable(number, False)
nonce = sys.argv[1].encode()
sys.argv[:] = [""]
main = sys.modules["__main__"].__dict__
sys.stdout.reconfigure(line_buffering=True)
own, loop, labels = os.getpid(), None, set()
flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
futures = 0
for feature in __future__.all_feature_names:
    futures |= getattr(__future__, feature).compiler_flag


def run(label, text):
    """Runs one step to its end."""
    global flags, loop
    lines = text.splitlines(True)
    linecache.cache[label] = (len(text), None, lines, label)
    labels.add(label)
    code = compile(text, label, "exec", flags, dont_inherit=True)
    flags |= code.co_flags & futures  # `from __future__` holds for the steps after it too
    result = eval(code, main)
    if inspect.iscoroutine(result):
        import asyncio

        if loop is None or loop.is_closed():
            loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loop.run_until_complete(result)


def describe(kind, error):
    try:
        message = str(error)
    except BaseException:
        message = "<exception str() failed>"
    text = kind.__name__ + (": " + message if message else "")
    return {"class": kind.__name__, "bases": [base.__name__ for base in kind.__mro__], "text": text}


def trimmed(trace):
    """The traceback from the first frame of a step on: without this file's frames, and asyncio's above the step."""
    while trace is not None and trace.tb_frame.f_code.co_filename not in labels:
        trace = trace.tb_next
    return trace


def attempt(label, text, silent):
    try:
        run(label, text)
    except SystemExit as stop:
        if stop.code is None or isinstance(stop.code, int):
            return (stop.code or 0) & 0xFF, None
        print(stop.code, file=sys.stderr)
        return 1, None
    except BaseException:
        kind, error, trace = sys.exc_info()
        trace = trimmed(trace)
        error.__traceback__ = trace
        if silent in (base.__name__ for base in kind.__mro__):
            pass  # declared, and told in our answer
        elif sys.excepthook is sys.__excepthook__:
            traceback.print_exception(kind, error, trace)
        else:
            sys.excepthook(kind, error, trace)
        return 1, describe(kind, error)
    return 0, None


def flush():
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            stream.flush()
        except Exception:
            pass  # closed, or replaced by something that cannot


def write(number, data):
    while data:
        data = data[os.write(number, data) :]


write(REPLY, b".")  # started: from here on, what ends this process is the recipe
control = os.fdopen(CONTROL, "rb", closefd=False)
while line := control.readline():
    step = json.loads(line)
    for name in step["unset"]:
        os.environ.pop(name, None)
    os.environ.update(step["set"])
    try:
        code, error = attempt(step["label"], step["text"], step["silent"])
    except BaseException:  # an excepthook that raises, a stderr that is gone
        code, error = 1, None
    flush()
    if os.getpid() != own:
        os._exit(code)  # a step forked, and the child came to the step's end
    write(REPLY, json.dumps({"code": code, "error": error}).encode() + b"\n")
    write(OUT, b"\x1e" + nonce + b":\x1e")
    write(ERR, b"\x1e" + nonce + b":\x1e")
