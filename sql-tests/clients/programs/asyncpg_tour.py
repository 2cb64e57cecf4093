"""asyncpg: binary, text by codecs, prepared statements, cursors, COPY, cancel by timeout."""
import asyncio
import ssl

import asyncpg
from tour import COLUMNS, Digest, step, told


async def rows(connection):
    for name in ("TOUR_TYPES", "TOUR_ROWS"):
        statement = await connection.prepare(told(name))
        print([(a.name, a.type.name) for a in statement.get_attributes()])
        for row in await statement.fetch():
            print(tuple(row))


async def text(connection):
    """Asks for each type as text: one value a query, as the codec is the type's."""
    statement = await connection.prepare(told("TOUR_TYPES"))
    # It takes name for an array of char, which has no codec.
    # Arrays and rows have the codecs of what is in them.
    scalars = [a.type.name for a in statement.get_attributes() if a.type.kind == "scalar"]
    names = set(scalars) - {"name", "record"}
    for name in sorted(names):
        await connection.set_type_codec(
            name, schema="pg_catalog", encoder=str, decoder=str, format="text"
        )
    await rows(connection)
    for name in sorted(names):
        await connection.reset_type_codec(name, schema="pg_catalog")


async def streams(connection):
    step("cursor")
    async with connection.transaction():
        cursor = await connection.cursor(told("TOUR_STREAM"))
        count = calls = 0
        while got := await cursor.fetch(50000):
            count, calls = count + len(got), calls + 1
        print("fetched", count, calls)
        cursor = await connection.cursor(told("TOUR_ROWS"))
        print("skipped", await cursor.forward(7), tuple(await cursor.fetchrow()))
    step("fetch size")
    for size in (1000, 7000):
        async with connection.transaction():
            count = total = 0
            async for row in connection.cursor(told("TOUR_STREAM"), prefetch=size):
                count, total = count + 1, total + row[0] + len(row[1])
            print("streamed", count, total)


async def copies(connection):
    for options in ({}, {"format": "csv", "header": True}, {"format": "binary"}):
        out = Digest()

        async def take(block):
            out.write(block)

        await connection.copy_from_query(told("TOUR_COPY"), output=take, **options)
        out.show()


async def cancels(connection):
    try:
        await connection.fetch(told("TOUR_ENDLESS"), timeout=0.3)
    except asyncio.TimeoutError:
        print("cancelled")
    print("usable", await connection.fetchval("SELECT 1"))
    try:
        await connection.fetch("SELECT * FROM data.no_such_table")
    except asyncpg.UndefinedTableError as error:
        print("error", error.sqlstate, error.message, error.position)


async def tour():
    step("connect")
    context = ssl.create_default_context(cafile=told("PGSSLROOTCERT"))
    pool = await asyncpg.create_pool(ssl=context, min_size=1, max_size=2)
    async with pool.acquire() as connection:
        print("connected", await connection.fetchval("SELECT current_user::text"))
        print("parameters", await connection.fetchrow("SELECT $1::int8 + 1, $2::text", 41, "é"))
        step("binary")
        await rows(connection)
        print("oid", await connection.fetchval("SELECT $1::oid", 4294967295))
        step("text")
        await text(connection)
        await streams(connection)
        step("copy")
        await copies(connection)
        step("cancel")
        await cancels(connection)
        step("metadata")
        for row in await connection.fetch(COLUMNS):
            print("column", tuple(row))
    await pool.close()


asyncio.run(tour())
