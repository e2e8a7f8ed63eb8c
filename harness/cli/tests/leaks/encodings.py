"""The ways in which programs write a secret: one function for each, from its text to what is printed.

`encodings.py` prints every encoding of the value of $LEAK as JSON, with its name and its class. `encodings.py NUMBER FILE` prints one
of them as it is, and writes the same to FILE, where the test looks it up. It needs only Python's standard library. Dumps are made here,
because `hexdump` and `xxd` are not on every machine.
"""
import base64
import binascii
import codecs
import gzip
import html
import json
import os
import quopri
import shlex
import sys
import textwrap
import urllib.parse
import zlib

PROMISED, NOT = {}, {}


def b64(text, **kwargs):
    data = text if isinstance(text, bytes) else text.encode()
    return base64.b64encode(data, **kwargs).decode()


def hexes(text):
    return [f"{byte:02x}" for byte in text.encode()]


def wrap(text, width):
    return "\n".join(text[at:at + width] for at in range(0, len(text), width))


def percent(text, keep=""):
    return "".join(c if c in keep else "".join(f"%{b:02X}" for b in c.encode()) for c in text)


def lines(text, width=16):
    """The bytes of a longer text that holds the secret, in rows, with their addresses: a dump starts before the secret."""
    data = b"GET /key?v=" + text.encode() + b"&end=1"
    return [(at, data[at:at + width]) for at in range(0, len(data), width)]


def ascii_column(row):
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)


def dump(text, address, groups, column, width=16):
    return "\n".join(address(at) + groups(row) + column(row) for at, row in lines(text, width))


def pairs(row):
    return " ".join(f"{byte:02x}" for byte in row)


def halves(row):
    return (pairs(row[:8]) + "  " + pairs(row[8:])).ljust(48)


def fours(row):
    return " ".join(row[at:at + 2].hex() for at in range(0, len(row), 2)).ljust(39)


def words(row, size, write):
    row = row + bytes(-len(row) % size)
    return " ".join(write(int.from_bytes(row[at:at + size], "little")) for at in range(0, len(row), size))


def none(_):
    return ""


def cells(row):
    named = {10: "\\n", 9: "\\t", 13: "\\r", 0: "\\0"}
    return "".join(f"{named.get(b) or (chr(b) if 32 <= b < 127 else f'{b:03o}'):>4}" for b in row)


def in_table(text, borders="|", width=12):
    rows = textwrap.wrap(text, width, break_on_hyphens=False) or [text]
    rows = [text[at:at + width] for at in range(0, len(text), width)]
    pad = max(3, width)
    return "\n".join(f"{borders} {'key' if at == 0 else '':<5} {borders} {row:<{pad}} {borders}" for at, row in enumerate(rows))


def signed(byte):
    return byte - 256 if byte > 127 else byte


PROMISED.update({
    "plain": lambda v: v,
    "plain after a name": lambda v: f"password={v}",
    "plain in double quotes": lambda v: f'"{v}"',
    "base64": b64,
    "base64 without padding": lambda v: b64(v).rstrip("="),
    "base64url": lambda v: base64.urlsafe_b64encode(v.encode()).decode(),
    "base64url without padding": lambda v: base64.urlsafe_b64encode(v.encode()).decode().rstrip("="),
    "base64, one byte in": lambda v: b64("a" + v),
    "base64, two bytes in": lambda v: b64("ab" + v + "z"),
    "base64 with a line end": lambda v: b64(v + "\n"),
    "basic authorization": lambda v: "Authorization: Basic " + b64("user:" + v),
    "base64 in JSON": lambda v: json.dumps({"data": b64(json.dumps({"password": v}))}),
    "base64, percent-encoded": lambda v: urllib.parse.quote(b64("a" + v), safe=""),
    "base64 in lines of 76": lambda v: wrap(b64("x" * 100 + v + "y" * 100), 76),
    "base64 in lines of 64": lambda v: wrap(b64("x" * 101 + v + "y" * 100), 64),
    "base64 in lines of 48": lambda v: wrap(b64("x" * 101 + v + "y" * 60), 48),
    "base64 in lines of 20": lambda v: wrap(b64(v + v), 20),
    "base64 in indented lines": lambda v: textwrap.indent(wrap(b64("k" * 40 + v), 40), "    "),
    "base64 of base64": lambda v: b64(b64(v)),
    "base64 of base64 of JSON": lambda v: b64(json.dumps({"auth": b64("user:" + v)})),
    "base64 of hexadecimal": lambda v: b64("".join(hexes(v))),
    "percent": lambda v: urllib.parse.quote(v, safe=""),
    "percent, lower case": lambda v: percent(v).lower(),
    "percent, every byte": percent,
    "percent, a path": lambda v: urllib.parse.quote(v),
    "percent, twice": lambda v: urllib.parse.quote(percent(v), safe=""),
    "percent, three times": lambda v: urllib.parse.quote(urllib.parse.quote(percent(v), safe=""), safe=""),
    "percent, old scripts": lambda v: "".join(f"%u{ord(c):04x}" for c in v),
    "a form": lambda v: urllib.parse.urlencode({"password": v}),
    "a URL": lambda v: f"https://user:{urllib.parse.quote(v, safe='')}@example.org/x",
    "hexadecimal": lambda v: "".join(hexes(v)),
    "hexadecimal, upper case": lambda v: "".join(hexes(v)).upper(),
    "hexadecimal, mixed case": lambda v: "".join(c.upper() if at % 3 else c for at, c in enumerate("".join(hexes(v)))),
    "hexadecimal, 0x": lambda v: "0x" + "".join(hexes(v)),
    "hexadecimal, bytea": lambda v: "\\x" + "".join(hexes(v)),
    "hexadecimal, colons": lambda v: ":".join(hexes(v)),
    "hexadecimal, blanks": lambda v: " ".join(hexes(v)),
    "hexadecimal, dashes": lambda v: "-".join(hexes(v)).upper(),
    "hexadecimal, fours": lambda v: " ".join(wrap("".join(hexes(v)), 4).split("\n")),
    "hexadecimal, eights": lambda v: " ".join(wrap("".join(hexes(v)), 8).split("\n")),
    "hexadecimal, odd groups": lambda v: " ".join(wrap("".join(hexes(v)), 5).split("\n")),
    "hexadecimal, commas": lambda v: ",".join(hexes(v)),
    "hexadecimal, one in a line": lambda v: "\n".join(hexes(v)),
    "hexadecimal in lines (xxd -p)": lambda v: wrap("".join(hexes("x" * 20 + v)), 60),
    "hexadecimal in lines of 32": lambda v: wrap("".join(hexes("x" * 5 + v)), 32),
    "C array (xxd -i)": lambda v: "unsigned char key[] = {\n" + ",\n".join("  " + ", ".join(f"0x{b}" for b in hexes(v)[at:at + 12]) for at in range(0, len(hexes(v)), 12)) + "\n};",
    "Go syntax": lambda v: "[]byte{" + ", ".join(f"0x{b}" for b in hexes(v)) + "}",
    "Rust, {:x?}": lambda v: "[" + ", ".join(f"{b:x}" for b in v.encode()) + "]",
    "Rust, {:#04x?}": lambda v: "[\n" + "".join(f"    0x{b},\n" for b in hexes(v)) + "]",
    "Rust, {:?}": lambda v: str(list(v.encode())),
    "Rust, {:#?}": lambda v: "[\n" + "".join(f"    {b},\n" for b in v.encode()) + "]",
    "Go, %v": lambda v: "[" + " ".join(str(b) for b in v.encode()) + "]",
    "Node, Buffer": lambda v: "<Buffer " + " ".join(hexes(v)) + ">",
    "Node, Buffer as JSON": lambda v: json.dumps({"type": "Buffer", "data": list(v.encode())}),
    "Node, Uint8Array": lambda v: "Uint8Array(%d) [\n" % len(v.encode()) + ",\n".join("  " + ", ".join(f"{b:>3}" for b in v.encode()[at:at + 12]) for at in range(0, len(v.encode()), 12)) + "\n]",
    "Node, Uint8Array as JSON": lambda v: json.dumps({str(at): b for at, b in enumerate(v.encode())}, separators=(",", ":")),
    "Java, bytes": lambda v: "[" + ", ".join(str(signed(b)) for b in v.encode()) + "]",
    "Python, bytes": lambda v: repr(v.encode()),
    "Python, bytearray": lambda v: repr(bytearray(v.encode())),
    "Python, repr": repr,
    "Python, ascii": ascii,
    ".NET, BitConverter": lambda v: "-".join(hexes(v)).upper(),
    "Erlang, binary": lambda v: "<<" + ",".join(str(b) for b in v.encode()) + ">>",
    "one number in a line": lambda v: "\n".join(str(b) for b in v.encode()),
    "octal numbers": lambda v: " ".join(f"{b:03o}" for b in v.encode()),
    "binary numbers": lambda v: " ".join(f"{b:08b}" for b in v.encode()),
    "dump, hexdump -C": lambda v: dump(v, lambda at: f"{at:08x}  ", halves, lambda row: f"  |{ascii_column(row)}|"),
    "dump, hexdump": lambda v: dump(v, lambda at: f"{at:07x} ", lambda row: words(row, 2, "{:04x}".format), none),
    "dump, hexdump -x": lambda v: dump(v, lambda at: f"{at:07x} ", lambda row: "   " + words(row, 2, "   {:04x}".format), none),
    "dump, xxd": lambda v: dump(v, lambda at: f"{at:08x}: ", fours, lambda row: "  " + ascii_column(row)),
    "dump, xxd -g1 -c8": lambda v: dump(v, lambda at: f"{at:08x}: ", lambda row: pairs(row).ljust(23), lambda row: "  " + ascii_column(row), 8),
    "dump, xxd -u -c32": lambda v: dump(v, lambda at: f"{at:08x}: ", lambda row: fours(row).upper(), lambda row: "  " + ascii_column(row), 32),
    "dump, xxd -e": lambda v: dump(v, lambda at: f"{at:08x}: ", lambda row: words(row, 4, "{:08x}".format).ljust(36), lambda row: "  " + ascii_column(row)),
    "dump, xxd -b": lambda v: dump(v, lambda at: f"{at:08x}: ", lambda row: " ".join(f"{b:08b}" for b in row).ljust(53), lambda row: "  " + ascii_column(row), 6),
    "dump, od -tx1": lambda v: dump(v, lambda at: f"{at:07o}", lambda row: " " + pairs(row), none),
    "dump, od -An -tx1": lambda v: dump(v, lambda at: "", lambda row: " " + pairs(row), none),
    "dump, od -An -tx1z": lambda v: dump(v, lambda at: "", lambda row: " " + pairs(row).ljust(47), lambda row: f"  >{ascii_column(row)}<"),
    "dump, od -Ax -tx1z": lambda v: dump(v, lambda at: f"{at:06x}", lambda row: " " + pairs(row).ljust(47), lambda row: f"  >{ascii_column(row)}<"),
    "dump, od -x": lambda v: dump(v, lambda at: f"{at:07o}", lambda row: " " + words(row, 2, "{:04x}".format), none),
    "dump, od -tx4": lambda v: dump(v, lambda at: f"{at:07o}", lambda row: " " + words(row, 4, "{:08x}".format), none),
    "dump, od -tx8": lambda v: dump(v, lambda at: f"{at:07o}", lambda row: " " + words(row, 8, "{:016x}".format), none),
    "dump, od": lambda v: dump(v, lambda at: f"{at:07o}", lambda row: " " + words(row, 2, "{:06o}".format), none),
    "dump, od -b": lambda v: dump(v, lambda at: f"{at:07o}", lambda row: " " + " ".join(f"{b:03o}" for b in row), none),
    "dump, od -c": lambda v: dump(v, lambda at: f"{at:07o}", cells, none),
    "dump, od -An -c": lambda v: dump(v, lambda at: "", cells, none),
    "dump, od -tu1": lambda v: dump(v, lambda at: f"{at:07o}", lambda row: "".join(f" {b:>3}" for b in row), none),
    "dump, od -td1": lambda v: dump(v, lambda at: f"{at:07o}", lambda row: "".join(f" {signed(b):>4}" for b in row), none),
    "dump, curl --trace": lambda v: "=> Send header, 86 bytes (0x56)\n" + dump(v, lambda at: f"{at:04x}: ", lambda row: "".join(f"{b:02x} " for b in row).ljust(48), ascii_column),
    "dump, curl --trace-ascii": lambda v: "=> Send header, 86 bytes (0x56)\n" + dump(" " * 40 + v, lambda at: f"{at:04x}: ", ascii_column, none, 64) if v.isascii() else "=> Send header\n" + "\n".join(f"{at:04x}: {(' ' * 52 + v)[at:at + 64]}" for at in (0, 64)),
    "dump, tcpdump -X": lambda v: dump(v, lambda at: f"\t0x{at:04x}:  ", fours, lambda row: "  " + ascii_column(row)),
    "dump, Wireshark": lambda v: dump(v, lambda at: f"{at:04x}   ", lambda row: pairs(row).ljust(48), lambda row: "  " + ascii_column(row)),
    "dump, OpenSSL": lambda v: dump(v, lambda at: f"{at:04x} - ", lambda row: (pairs(row[:8]) + ("-" + pairs(row[8:]) if len(row) > 8 else "")).ljust(47), lambda row: "   " + ascii_column(row)),
    "dump, a log's prefix": lambda v: dump(v, lambda at: "DEBUG:transport: OUT: ", lambda row: pairs(row).upper().ljust(50), lambda row: " " + ascii_column(row)),
    "dump in JSON": lambda v: json.dumps({"trace": dump(v, lambda at: f"{at:08x}: ", fours, lambda row: "  " + ascii_column(row))}),
    "JSON": json.dumps,
    "JSON with slashes": lambda v: json.dumps(v).replace("/", "\\/"),
    "JSON in JSON": lambda v: json.dumps(json.dumps(v)),
    "JSON, every letter": lambda v: '"' + "".join(f"\\u{ord(c):04x}" for c in v) + '"',
    "C, \\x": lambda v: "".join(f"\\x{b}" for b in hexes(v)),
    "C, octal": lambda v: "".join(f"\\{b:03o}" for b in v.encode()),
    "C, \\U": lambda v: "".join(f"\\U{ord(c):08x}" for c in v),
    "Rust, \\u{}": lambda v: "".join(f"\\u{{{ord(c):x}}}" for c in v),
    "LDAP": lambda v: "".join(c if c.isascii() and c.isalnum() and at % 2 else "".join(f"\\{b:02x}" for b in c.encode()) for at, c in enumerate(v)),
    "shell, single quotes": lambda v: "'" + v.replace("'", "'\\''") + "'",
    "shell, Python's quotes": shlex.quote,
    "shell, printf %q": lambda v: "".join(c if c.isalnum() else "\\" + c for c in v),
    "shell, double quotes": lambda v: '"' + "".join("\\" + c if c in '$`"\\' else c for c in v) + '"',
    "shell, $''": lambda v: "$'" + "".join(f"\\{b:03o}" for b in v.encode()) + "'",
    "HTML": html.escape,
    "HTML, decimal entities": lambda v: "".join(f"&#{ord(c)};" for c in v),
    "HTML, hexadecimal entities": lambda v: "".join(f"&#x{ord(c):X};" for c in v),
    "quoted-printable": lambda v: quopri.encodestring(v.encode()).decode(),
    "quoted-printable, every byte": lambda v: "".join(f"={b.upper()}" for b in hexes(v)),
    "lines of 80 (fold)": lambda v: wrap("x" * 70 + v, 80),
    "lines of 16 (fold)": lambda v: wrap(v, 16),
    "lines of 10 (fold)": lambda v: wrap("x" * 3 + v, 10),
    "lines, indented": lambda v: "\n      ".join(wrap(v, 14).split("\n")),
    "lines, quoted": lambda v: "> " + "\n> ".join(wrap(v, 14).split("\n")),
    "lines, numbered": lambda v: "\n".join(f"{at:>6}\t{line}" for at, line in enumerate(wrap(v, 14).split("\n"), 1)),
    "lines with a backslash": lambda v: "\\\n".join(wrap(v, 14).split("\n")),
    "a table": in_table,
    "a table with lines": lambda v: in_table(v, "│"),
    "a table whose columns both wrap": lambda v: "\n".join(f"| {a} | {b:<12} |" for a, b in zip(["some", "long", "name", "here", "x   "], wrap(v, 12).split("\n"))),
    "colours around": lambda v: f"\x1b[1;32m{v}\x1b[0m",
    "colours inside (grep --color)": lambda v: f"{v[:6]}\x1b[01;31m\x1b[K{v[6:9]}\x1b[m\x1b[K{v[9:]}",
    "a hyperlink's codes inside": lambda v: f"{v[:6]}\x1b]8;;https://example.org\x07{v[6:]}\x1b]8;;\x07",
    "upper case": lambda v: "".join(c.upper() if c.isascii() else c for c in v),
    "lower case": lambda v: "".join(c.lower() if c.isascii() else c for c in v),
    "other case of every letter": lambda v: "".join(c.swapcase() if c.isascii() else c for c in v),
    "carriage returns": lambda v: f"{v}\r\n{v}\r",
})

NOT.update({
    "reversed": lambda v: v[::-1],
    "rot13": lambda v: codecs.encode(v, "rot13"),
    "base32": lambda v: base64.b32encode(v.encode()).decode(),
    "base85": lambda v: base64.b85encode(v.encode()).decode(),
    "Ascii85": lambda v: base64.a85encode(v.encode()).decode(),
    "uuencode": lambda v: binascii.b2a_uu(v.encode()[:45]).decode(),
    "base58": lambda v: base58(v.encode()),
    "gzip in base64": lambda v: b64(gzip.compress(v.encode())),
    "zlib in base64": lambda v: b64(zlib.compress(v.encode())),
    "UTF-16 in base64": lambda v: b64(v.encode("utf-16-le")),
    "UTF-16 in hexadecimal": lambda v: v.encode("utf-16-le").hex(),
    "blanks between letters": lambda v: " ".join(v),
    "zero width between letters": lambda v: "\u200b".join(v),
    "one letter in a word": lambda v: " ".join(f"x{c}x" for c in v),
    "cut in the middle": lambda v: v[:10] + "…",
    "two halves apart": lambda v: f"{v[:12]}\nand then\n{v[12:]}",
    "a digest": lambda v: __import__("hashlib").sha256(v.encode()).hexdigest(),
})


def base58(data):
    digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number, out = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        out = digits[rest] + out
    return out


def main():
    leak = os.environ["LEAK"]
    every = [(name, make, True) for name, make in PROMISED.items()] + [(name, make, False) for name, make in NOT.items()]
    if len(sys.argv) == 1:
        print(json.dumps([{"name": name, "promised": is_promised, "text": make(leak)} for name, make, is_promised in every]))
        return
    text = every[int(sys.argv[1])][1](leak)
    with open(sys.argv[2], "w", encoding="utf-8", newline="") as spy:
        spy.write(text)
    sys.stdout.buffer.write(text.encode() + b"\n")


if __name__ == "__main__":
    main()
