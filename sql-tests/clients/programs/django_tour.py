"""Django: inspectdb's introspection, raw and ORM queries, server-side cursors."""
import threading

import django
from django.conf import settings
from tour import COPY_OPTIONS, Digest, fetched, plain, step, streamed, told

settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": told("PGDATABASE"),
            "USER": told("PGUSER"),
            "PASSWORD": told("PGPASSWORD"),
            "HOST": told("PGHOST"),
            "PORT": told("PGPORT"),
            "OPTIONS": {"options": "-c search_path=data"},
        }
    },
    USE_TZ=True,
    TIME_ZONE="UTC",
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import DatabaseError, connection, models, transaction  # noqa: E402


class Many(models.Model):
    id = models.IntegerField(primary_key=True)
    grp = models.IntegerField()
    name = models.TextField()
    price = models.DecimalField(max_digits=12, decimal_places=2)
    day = models.DateField()

    class Meta:
        app_label = "tour"
        managed = False
        db_table = "many"


step("connect")
with connection.cursor() as cursor:
    cursor.execute("SELECT current_user")
    print("connected", cursor.fetchone())

step("text")
with connection.cursor() as cursor:
    for name in ("TOUR_TYPES", "TOUR_ROWS"):
        cursor.execute(told(name))
        for row in cursor.fetchall():
            print(plain(row))
rows = Many.objects.filter(grp__gte=2, name__contains="1").order_by("id")
print([(row.id, row.name, row.price, row.day) for row in rows[:10]])
print("aggregate", Many.objects.aggregate(models.Count("id"), models.Sum("price"), models.Max("day")))

step("binary", cannot="psycopg2 beneath it asks for text alone")

step("cursor")
with transaction.atomic(), connection.chunked_cursor() as cursor:
    cursor.execute(told("TOUR_STREAM"))
    fetched(lambda: cursor.fetchmany(50000))
step("fetch size")
with transaction.atomic():
    print("streamed", sum(1 for _ in Many.objects.order_by("id").iterator(chunk_size=500)))
    for size in (1000, 7000):
        with connection.chunked_cursor() as cursor:
            cursor.cursor.itersize = size
            cursor.execute(told("TOUR_STREAM"))
            streamed(cursor)

step("copy")
with connection.cursor() as cursor:
    for options in COPY_OPTIONS:
        out = Digest()
        cursor.copy_expert(f"COPY ({told('TOUR_COPY')}) TO STDOUT {options}", out)
        out.show()

step("cancel")
threading.Timer(0.3, connection.connection.cancel).start()
try:
    with connection.cursor() as cursor:
        cursor.execute(told("TOUR_ENDLESS"))
except DatabaseError as error:
    print("cancelled", error.__cause__.pgcode)

step("metadata")
call_command("inspectdb", "employees", "many", "times", include_views=True)
