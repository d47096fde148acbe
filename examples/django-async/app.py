"""A Django site in one file, with a sync view, async views and a stream.

portico serve app:application --workers 1
"""

import asyncio
import os
import threading
from collections.abc import AsyncIterator

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

settings.configure(
    ALLOWED_HOSTS=['localhost', '127.0.0.1'],
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.urandom(32).hex(),
    MIDDLEWARE=['django.middleware.security.SecurityMiddleware', 'django.middleware.common.CommonMiddleware'],
)

words: asyncio.Queue = asyncio.Queue(100)


def sync(request: HttpRequest) -> JsonResponse:
    """Runs in a thread, as every view that is no coroutine function."""
    return JsonResponse(
        {'is_main_thread': threading.current_thread() is threading.main_thread(), 'client': request.META['REMOTE_ADDR']}
    )


async def together(request: HttpRequest) -> JsonResponse:
    """Waits for two things at once."""
    texts = await asyncio.gather(asyncio.to_thread(os.uname), asyncio.sleep(0, 'slept'))
    return JsonResponse({'body': request.body.decode(), 'slept': texts[1], 'system': texts[0].sysname})


@require_POST
async def say(request: HttpRequest) -> HttpResponse:
    await words.put(request.POST['word'])
    return HttpResponse(status=204)


async def hear(request: HttpRequest) -> StreamingHttpResponse:
    """Words as they are said."""
    return StreamingHttpResponse(listen(), content_type='text/plain')


async def listen() -> AsyncIterator[str]:
    yield 'Listening.\n'
    try:
        while (word := await words.get()) != 'enough':
            yield f'{word}\n'
    except asyncio.CancelledError:
        print('the listener has gone', flush=True)
        raise


urlpatterns = [path('', sync), path('together', together), path('say', say), path('hear', hear)]
application = get_asgi_application()
