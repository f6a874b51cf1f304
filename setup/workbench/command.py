"""Runs other programs: output to a log, a sentence when one fails."""

import os
import re
import signal
import subprocess
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from .problem import Problem

TAIL = 15
SHOWN = 5
REASONS = (
    (r"No space left|not enough free space", "the disk is full"),
    (
        r"Temporary failure resolving|Could not resolve|NewConnectionError|Failed to fetch",
        "the network does not answer",
    ),
    (r"a password is required|not in the sudoers|incorrect password", "sudo did not let us"),
)
RUNNING: set[subprocess.Popen] = set()


def output(command, **options) -> str:
    """Standard output of a short program, empty when it fails or is not installed."""
    words = [str(word) for word in command]
    form = {"capture_output": True, "text": True, "errors": "replace"}
    try:
        done = subprocess.run(words, check=False, **form, **options)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def run(command, *, log: Path, what: str, remedy: str, watch=None, **options) -> None:
    """Run a long program; raise a Problem with the end of its output when it fails."""
    code, tail = stream(command, log=log, watch=watch, **options)
    if code:
        raise Problem(f"{what}{reason(tail)}", f"{remedy} (whole output: {log})")


def stream(command, *, log: Path, watch=None, **options) -> tuple[int, list[str]]:
    """Run a program, its output to `log` and line by line to `watch`: exit code, last lines."""
    log.parent.mkdir(parents=True, exist_ok=True)
    tail: deque[str] = deque(maxlen=TAIL)
    with log.open("w", encoding="utf-8") as file, _start(command, options) as process:
        RUNNING.add(process)
        try:
            for line in process.stdout:
                file.write(line)
                tail.append(line.rstrip())
                if watch:
                    watch(line.rstrip())
        except BaseException:
            _end(process)
            raise
        finally:
            RUNNING.discard(process)
    return process.returncode, list(tail)


def both(*watchers):
    """One watcher out of several."""

    def watch(line):
        for each in watchers:
            each(line)

    return watch


@contextmanager
def together(workers: int = 2):
    """Threads that run programs; when we are interrupted, so are the programs."""
    with ThreadPoolExecutor(max_workers=workers) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(RUNNING):
                interrupt(process)
            raise


def _start(command, options):
    return subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **({"start_new_session": True} | options),  # Ctrl-C reaches us alone, and we pass it on
    )


def _end(process):
    """Let it clean up, as Ctrl-C would; then insist."""
    for number, patience in ((signal.SIGINT, 20), (signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        interrupt(process, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=patience)
            return


def interrupt(process, number=signal.SIGINT) -> None:
    """What Ctrl-C does: to the program and to those it has started."""
    with suppress(ProcessLookupError, PermissionError):
        if os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)


def reason(tail) -> str:
    """Why a program failed: in words where we know, else the end of its output.

    >>> reason(["E: Failed to fetch http://mirror/dists/unstable/InRelease", "E: ignored"])
    ' the network does not answer.'
    >>> reason(["Traceback …", "ValueError: no"])
    '\\n    Traceback …\\n    ValueError: no'
    """
    text = "\n".join(tail)
    for pattern, words in REASONS:
        if re.search(pattern, text):
            return f" {words}."
    return "\n" + indent(line[:160] for line in tail[-SHOWN:])


def indent(lines) -> str:
    """Lines of another program, set off from ours."""
    return "\n".join(f"    {line}" for line in lines)


def as_root(command) -> list[str]:
    """The command as root: itself, or through sudo."""
    return list(command) if os.geteuid() == 0 else ["sudo", *command]
