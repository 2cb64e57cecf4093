"""Django: inspectdb's introspection, raw and ORM queries, server-side cursors."""
import os

import django
from django.conf import settings

settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["PGDATABASE"],
            "USER": os.environ["PGUSER"],
            "PASSWORD": os.environ["PGPASSWORD"],
            "HOST": os.environ["PGHOST"],
            "PORT": os.environ["PGPORT"],
            "OPTIONS": {"options": "-c search_path=data"},
        }
    },
    USE_TZ=True,
    TIME_ZONE="UTC",
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402


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


with connection.cursor() as cursor:
    cursor.execute("SELECT current_user")
    print("connected", cursor.fetchone())
rows = Many.objects.filter(grp__gte=2, name__contains="1").order_by("id")
print([(row.id, row.name, row.price, row.day) for row in rows[:10]])
print("aggregate", Many.objects.aggregate(models.Count("id"), models.Sum("price"), models.Max("day")))
with transaction.atomic():
    print("streamed", sum(1 for _ in Many.objects.order_by("id").iterator(chunk_size=500)))
call_command("inspectdb", "employees", "many", "times", include_views=True)
