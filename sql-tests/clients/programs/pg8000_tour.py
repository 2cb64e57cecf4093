"""pg8000: pure Python. Debian's release knows no SCRAM, so the tour brings that along."""
import base64
import hashlib
import hmac
import os
import struct
import threading
import time

import pg8000
import pg8000.core
from tour import COLUMNS, Digest, plain, step, streamed, told

SASL, SASL_CONTINUE, SASL_FINAL = 10, 11, 12


def hmac_of(key, text):
    return hmac.new(key, text, "sha256").digest()


class ScramConnection(pg8000.core.Connection):
    """Answers SCRAM-SHA-256 (RFC 7677) as later releases of pg8000 do."""

    def handle_AUTHENTICATION_REQUEST(self, data, cursor):
        (code,) = struct.unpack_from("!i", data)
        if code == SASL:
            self.bare = b"n=,r=" + base64.b64encode(os.urandom(18))
            first = b"n,," + self.bare
            self.answer(b"SCRAM-SHA-256\0" + struct.pack("!i", len(first)) + first)
        elif code == SASL_CONTINUE:
            self.answer(self.proof(data[4:]))
        elif code == SASL_FINAL:
            if data[4:] != b"v=" + base64.b64encode(self.signature):
                raise pg8000.InterfaceError("the server does not know the password")
        else:
            super().handle_AUTHENTICATION_REQUEST(data, cursor)

    def proof(self, challenge):
        fields = dict(part.split(b"=", 1) for part in challenge.split(b","))
        rounds, salt = int(fields[b"i"]), base64.b64decode(fields[b"s"])
        salted = hashlib.pbkdf2_hmac("sha256", self.password, salt, rounds)
        client_key = hmac_of(salted, b"Client Key")
        bare_last = b"c=biws,r=" + fields[b"r"]
        message = b",".join([self.bare, challenge, bare_last])
        signature = hmac_of(hashlib.sha256(client_key).digest(), message)
        self.signature = hmac_of(hmac_of(salted, b"Server Key"), message)
        mixed = bytes(a ^ b for a, b in zip(client_key, signature))
        return bare_last + b",p=" + base64.b64encode(mixed)

    def answer(self, body):
        self._write(pg8000.core.PASSWORD + struct.pack("!i", len(body) + 4) + body)
        self._flush()


def connect():
    return ScramConnection(
        user=told("PGUSER"),
        password=told("PGPASSWORD"),
        host=told("PGHOST"),
        port=int(told("PGPORT")),
        database=told("PGDATABASE"),
        unix_sock=None,
        ssl=True,
        timeout=None,
    )


def cancels(connection, cursor):
    """pg8000 sends no cancel requests: a second connection asks for it."""
    cursor.execute("SELECT pg_backend_pid()")
    process = cursor.fetchone()[0]
    other = connect()

    def cancel():
        time.sleep(0.3)
        other.cursor().execute("SELECT pg_cancel_backend(%s)", (process,))
        other.close()

    threading.Thread(target=cancel).start()
    try:
        cursor.execute(told("TOUR_ENDLESS"))
    except pg8000.ProgrammingError as error:
        print("cancelled", error.args[2], error.args[3])
    connection.rollback()
    cursor.execute("SELECT 1")
    print("usable", cursor.fetchone())


def fetches(connection, cursor):
    cursor.execute(f"DECLARE walk CURSOR FOR {told('TOUR_STREAM')}")
    count = 0
    while True:
        cursor.execute("FETCH 7000 FROM walk")
        rows = cursor.fetchall()
        if not rows:
            break
        count += len(rows)
    connection.commit()
    print("fetched", count)


step("connect")
connection = connect()
cursor = connection.cursor()
cursor.execute("SELECT current_user::text, %s::int8 + 1", (41,))
print("connected", cursor.fetchone())

step("text", cannot="pg8000 asks for a type in one format, its choice: binary for most")
step("binary")
for name in ("TOUR_TYPES", "TOUR_ROWS"):
    cursor.execute(told(name).replace("%", "%%"))
    print([(c[0], c[1]) for c in cursor.description])
    for row in cursor.fetchall():
        print([v.isoformat() if hasattr(v, "isoformat") else v for v in plain(row)])

step("cursor")
fetches(connection, cursor)
step("fetch size")
# Row by row out of a portal of which it executes 100 rows at a time.
cursor.execute(told("TOUR_STREAM"))
streamed(cursor)
connection.commit()

step("copy")
for options in ("", "WITH (FORMAT csv, HEADER)", "WITH (FORMAT binary)"):
    out = Digest()
    cursor.execute(f"COPY ({told('TOUR_COPY')}) TO STDOUT {options}", stream=out)
    out.show()

step("cancel")
cancels(connection, cursor)

step("metadata")
cursor.execute(COLUMNS)
for row in cursor.fetchall():
    print("column", row)
connection.close()
