"""Run a chapter's script as a process of a sweep. It stops when nobody holds its standard input.

    python -m common.sweeping.child chapters.ch06_rnn_hello.replay --seed 2

A worker that is killed cannot stop what it has started. The system closes its end of the pipe, on every platform.
"""

import _thread
import os
import runpy
import signal
import sys
import threading
import time

SECONDS = 30  # that a script has to save and to end


def watch(stream, seconds=SECONDS):
    """Read `stream` to its end. Then stop the main thread as SIGTERM does, and after `seconds` the whole process."""
    while stream.read(1024):
        pass
    _thread.interrupt_main(signal.SIGTERM)
    time.sleep(seconds)
    os._exit(128 + signal.SIGTERM)


def main():
    """Run the module that the first argument names, with the others as its command line."""
    threading.Thread(target=watch, args=[sys.stdin.buffer.raw], daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
