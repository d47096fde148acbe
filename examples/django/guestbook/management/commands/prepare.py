import os
import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, call_command

from guestbook.models import Entry

NAME = 'admin'


class Command(BaseCommand):
    help = 'Makes the site ready to serve: database, static files, an administrator and a first entry.'

    def handle(self, **options: object) -> None:
        call_command('migrate', interactive=False, verbosity=0)
        call_command('collectstatic', interactive=False, verbosity=0)
        if not Entry.objects.exists():
            Entry.objects.create(name='Portico', message='Welcome. The form above adds an entry.')
        self.stdout.write(f'Administrator: {NAME}, password {self._password()} (kept in demo-login.txt)')

    def _password(self) -> str:
        """The administrator's password: random, made once, readable by the owner of the checkout alone."""
        file = settings.BASE_DIR / 'demo-login.txt'
        user, is_new = get_user_model().objects.get_or_create(
            username=NAME, defaults={'is_staff': True, 'is_superuser': True}
        )
        if is_new or not file.exists():
            password = secrets.token_urlsafe(12)
            user.set_password(password)
            user.save()
            with open(file, 'w', opener=lambda name, flags: os.open(name, flags, 0o600)) as login:
                login.write(f'{NAME} {password}\n')
        return file.read_text().split()[1]
