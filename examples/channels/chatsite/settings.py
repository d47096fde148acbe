"""Settings of the chat. Where REDIS_URL is set, its workers reach each other through Redis; else the chat has one worker."""

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent

# Nothing is signed that has to outlive the process.
SECRET_KEY = os.environ.get('SECRET_KEY') or get_random_secret_key()
DEBUG = os.environ.get('DEBUG', '') == '1'
ALLOWED_HOSTS = os.environ.get('ALLOWED_HOSTS', 'localhost,127.0.0.1,[::1]').split(',')

INSTALLED_APPS = ['channels', 'chat', 'django.contrib.staticfiles']
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'django.middleware.common.CommonMiddleware']
ROOT_URLCONF = 'chatsite.urls'
ASGI_APPLICATION = 'chatsite.asgi.application'
TEMPLATES = [{'BACKEND': 'django.template.backends.django.DjangoTemplates', 'APP_DIRS': True}]
STATIC_URL = '/static/'
STATIC_ROOT = BASE_DIR / 'static-collected'
USE_TZ = True

_redis_url = os.environ.get('REDIS_URL')
CHANNEL_LAYERS = {
    'default': {'BACKEND': 'channels_redis.core.RedisChannelLayer', 'CONFIG': {'hosts': [_redis_url]}}
    if _redis_url
    else {'BACKEND': 'channels.layers.InMemoryChannelLayer'},
}
