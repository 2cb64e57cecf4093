"""What the Python tours share."""
import hashlib
import os


def step(name, cannot=None):
    """Opens the part of the printing that belongs to a step of the matrix."""
    print("==", name, *(["cannot:", cannot] if cannot else []), flush=True)


def told(name):
    return os.environ[name]


def plain(row):
    """A row whose values print the same wherever they lie in memory."""
    return [bytes(v) if isinstance(v, memoryview) else v for v in row]


def streamed(rows):
    """Takes rows of TOUR_STREAM one by one."""
    count = total = 0
    for number, text in rows:
        count, total = count + 1, total + number + len(text)
    print("streamed", count, total)


def fetched(fetch):
    """Takes all that `fetch` gives, a list a call, until one is empty."""
    count = calls = 0
    while rows := fetch():
        count, calls = count + len(rows), calls + 1
    print("fetched", count, calls)


class Digest:
    """A file that only remembers what went in."""

    def __init__(self):
        self.length, self.sum = 0, hashlib.md5()

    def write(self, block):
        block = block.encode() if isinstance(block, str) else bytes(block)
        self.length += len(block)
        self.sum.update(block)
        return len(block)

    def show(self):
        print("copied", self.length, self.sum.hexdigest())


COPY_OPTIONS = ("", "WITH (FORMAT csv, HEADER)", "WITH (FORMAT binary)")

COLUMNS = (
    "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
    "WHERE table_schema = 'data' ORDER BY table_name, ordinal_position"
)
