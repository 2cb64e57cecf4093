"""pg8000: pure Python, binary where it knows how."""
import io
import hashlib
import os
import ssl

import pg8000

context = ssl.create_default_context(cafile=os.environ["PGSSLROOTCERT"])
connection = pg8000.connect(
    user=os.environ["PGUSER"],
    password=os.environ["PGPASSWORD"],
    host=os.environ["PGHOST"],
    port=int(os.environ["PGPORT"]),
    database=os.environ["PGDATABASE"],
    **({"ssl": True} if pg8000.__version__.startswith("1.10") else {"ssl_context": context}),
)
cursor = connection.cursor()
cursor.execute("SELECT current_user::text, %s::int8 + 1", (41,))
print("connected", cursor.fetchone())
for name in ("TOUR_TYPES", "TOUR_ROWS"):
    cursor.execute(os.environ[name].replace("%", "%%"))
    print([(c[0], c[1]) for c in cursor.description])
    for row in cursor.fetchall():
        print([v.isoformat() if hasattr(v, "isoformat") else v for v in row])
cursor.execute(os.environ["TOUR_STREAM"])
count = total = 0
for number, text in cursor:
    count, total = count + 1, total + number + len(text)
print("streamed", count, total)
out = io.BytesIO()
cursor.execute(f"COPY ({os.environ['TOUR_COPY']}) TO STDOUT", stream=out)
print("copied", hashlib.md5(out.getvalue()).hexdigest())
connection.rollback()
connection.close()
