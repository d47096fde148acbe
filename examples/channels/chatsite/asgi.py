import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'chatsite.settings')

# Sets Django up, so it comes before what needs that.
http = get_asgi_application()

from chat.consumers import Chat  # noqa: E402

application = ProtocolTypeRouter(
    {
        'http': http,
        'websocket': AllowedHostsOriginValidator(URLRouter([path('rooms/<slug:room>/', Chat.as_asgi())])),
    }
)
