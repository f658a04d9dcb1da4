"""Writes croniter-table.csv: what croniter (another implementation) makes of 600 random cron expressions, in UTC.

    pip install croniter==7.0.0 && python3 croniter-table.py > croniter-table.csv

implement_cron_bug=True is crontab's own rule that a day field beginning with * does not count as restricted. croniter
also takes a day field that happens to list every day for *, which crontab does not: such rows are left out.
"""
import random
from datetime import datetime, timezone

from croniter import croniter

random.seed(20261122)
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAYS = "sun mon tue wed thu fri sat".split()


def item(low, high, names, name_base):
    kind = random.random()
    first, last = sorted((random.randint(low, high), random.randint(low, high)))
    if names and random.random() < 0.4 and last - name_base < len(names):
        text = lambda value: random.choice([str.lower, str.upper, str.title])(names[value - name_base])
    else:
        text = str
    if kind < 0.6 or first == last:
        return text(first)
    if kind < 0.85:
        return "%s-%s" % (text(first), text(last))
    return "%s-%s/%d" % (text(first), text(last), random.randint(1, last - first))


def field(low, high, star, names=(), name_base=0):
    if random.random() < star:
        return "*"
    if random.random() < 0.15:
        return "*/%d" % random.randint(1, max(2, (high - low) // 2))
    return ",".join(item(low, high, names, name_base) for _ in range(random.choice([1, 1, 1, 2, 3])))


rows = 0
while rows < 600:
    expression = " ".join([
        field(0, 59, 0.2),
        field(0, 23, 0.3),
        field(1, 31, 0.5),
        field(1, 12, 0.6, MONTHS, 1),
        field(0, 7, 0.5, DAYS, 0),
    ])
    begin = datetime(2020, 1, 1, tzinfo=timezone.utc).timestamp() + random.randrange(12 * 366 * 86400)
    begin -= begin % 1
    try:
        fires = croniter(expression, datetime.fromtimestamp(begin, timezone.utc), implement_cron_bug=True,
                         max_years_between_matches=60)
        days = zip(expression.split()[2::2], fires.expanded[2::2])
        if any(values == ["*"] and not text.startswith("*") for text, values in days):
            continue
        row = [fires.get_next(datetime).strftime("%Y-%m-%dT%H:%M:%SZ") for _ in range(6)]
    except ValueError:
        continue
    print(";".join([expression, datetime.fromtimestamp(begin, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")] + row))
    rows += 1
