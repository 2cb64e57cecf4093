"""asyncpg: everything binary, prepared statements, cursors, COPY, cancel by timeout."""
import asyncio
import hashlib
import os
import ssl

import asyncpg


async def tour():
    context = ssl.create_default_context(cafile=os.environ["PGSSLROOTCERT"])
    pool = await asyncpg.create_pool(ssl=context, min_size=1, max_size=2)
    async with pool.acquire() as connection:
        print("connected", await connection.fetchval("SELECT current_user::text"))
        for name in ("TOUR_TYPES", "TOUR_ROWS"):
            statement = await connection.prepare(os.environ[name])
            print([(a.name, a.type.name) for a in statement.get_attributes()])
            for row in await statement.fetch():
                print(tuple(row))
        print("parameters", await connection.fetchrow("SELECT $1::int8 + 1, $2::text", 41, "é"))
        for size in (1000, 7000):
            async with connection.transaction():
                count = total = 0
                async for row in connection.cursor(os.environ["TOUR_STREAM"], prefetch=size):
                    count, total = count + 1, total + row[0] + len(row[1])
                print("streamed", count, total)
        for options in ({}, {"format": "csv", "header": True}, {"format": "binary"}):
            digest = hashlib.md5()

            async def take(block):
                digest.update(block)

            await connection.copy_from_query(os.environ["TOUR_COPY"], output=take, **options)
            print("copied", digest.hexdigest())
        try:
            await connection.fetch(os.environ["TOUR_ENDLESS"], timeout=0.3)
        except asyncio.TimeoutError:
            print("cancelled")
        print("usable", await connection.fetchval("SELECT 1"))
        try:
            await connection.fetch("SELECT * FROM data.no_such_table")
        except asyncpg.UndefinedTableError as error:
            print("error", error.sqlstate, error.message, error.position)
    await pool.close()


asyncio.run(tour())
