from shop.settings import *  # noqa: F403

WSGI_APPLICATION = 'shop.stubborn_wsgi.application'
