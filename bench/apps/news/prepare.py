"""Makes the database with the articles of the page:  python -m news.prepare"""

import datetime
import os

import django

ROWS = 200


def main():
    os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'news.settings')
    django.setup()
    from django.core.management import call_command

    from news.models import Article

    call_command('migrate', verbosity=0, run_syncdb=True)
    day = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc)
    Article.objects.bulk_create(
        Article(
            title=f'Article {number} & what it says',
            summary='A sentence or two that make people want to read on. ' * 3,
            published=day + datetime.timedelta(hours=number),
        )
        for number in range(ROWS)
    )


main()
