"""What a phone reads off the terminal is the link: perchctl's QR code, made a picture and read by zbar.

  qr_code_test.py [EMULATOR...] PERCHCTL
"""
import os
import pty
import re
import subprocess
import sys
import tempfile

import zbar

MODULE = 6  # [pixels] of a picture for each module
WHITE, BLACK = 255, 0
HALVES = {" ": (WHITE, WHITE), "▀": (BLACK, WHITE), "▄": (WHITE, BLACK), "█": (BLACK, BLACK)}
# Colours 16 and 231 are black and white in the palette of 256 (xterm): what HALVES assumes.
BLACK_ON_WHITE = re.compile(r"^\033\[38;5;16;48;5;231m(.*)\033\[0m$")


def printed_on_a_terminal(*command):
    """Its lines; a QR code is only for people, so perchctl looks at what its output is."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.PIPE) as process:
        os.close(theirs)
        output = b""
        try:
            while part := os.read(ours, 4096):
                output += part
        except OSError:  # EIO: nobody holds the other end any more (pty(7))
            pass
        complaint = process.communicate()[1].decode()
    if process.returncode != 0:
        sys.exit(f"{command[0]} ended with {process.returncode}: {complaint}")
    return output.decode().replace("\r\n", "\n").splitlines()


def picture_of(lines):
    """Width, height and grey bytes of what the lines show."""
    cells = [match[1] for line in lines if (match := BLACK_ON_WHITE.match(line))]
    rows = [[HALVES[cell][half] for cell in row] for row in cells for half in (0, 1)]
    assert rows and len({len(row) for row in rows}) == 1, "lines of one length"
    pixels = b"".join(bytes(grey for grey in row for _ in range(MODULE)) * MODULE for row in rows)
    return len(rows[0]) * MODULE, len(rows) * MODULE, pixels


def read_code(width, height, pixels):
    image = zbar.Image(width, height, "Y800", pixels)
    zbar.ImageScanner().scan(image)
    return [symbol.data for symbol in image]


def check(name, *options):
    with tempfile.TemporaryDirectory() as folder:
        config = os.path.join(folder, "perch.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f'[access]\nviewers_dir = "{folder}/viewers.d"\n[state]\ndir = "{folder}"\n[control]\nsocket = ""\n')
        lines = printed_on_a_terminal(*sys.argv[1:], "invite", name, "--config", config, *options)
    link, code = lines[0], lines[1:]
    assert f"&viewer={name}&key=" in link, f"a link first: {link}"
    read = read_code(*picture_of(code))
    assert read == [link], f"the code to say {link!r}, not {read}"
    print(f"read off the terminal, {len(code)} lines: a link of {len(link)} letters")


check("phone", "--page", "http://h/", "--broker", "ws://h/")
# As long as links are: names of 64 letters, a page and a broker behind proxies.
check("n" * 64, "--page", "https://watch.cameras.example.org/perch/index.html", "--broker", "wss://broker.cameras.example.org:8443/mqtt/websocket")
