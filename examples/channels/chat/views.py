from __future__ import annotations

from collections.abc import AsyncIterator

from channels.layers import get_channel_layer
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render


def home(request: HttpRequest) -> HttpResponse:
    return redirect('rooms/lobby/')


def room(request: HttpRequest, room: str) -> HttpResponse:
    return render(request, 'chat/room.html', {'room': room})


async def feed(request: HttpRequest, room: str) -> StreamingHttpResponse:
    """What is said in a room, as lines of text while it is said."""
    return StreamingHttpResponse(lines(f'room-{room}'), content_type='text/plain; charset=utf-8')


async def lines(group: str) -> AsyncIterator[str]:
    layer = get_channel_layer()
    channel = await layer.new_channel('feed')
    await layer.group_add(group, channel)
    try:
        yield f'Listening to {group}.\n'
        while True:
            event = await layer.receive(channel)
            yield f'{event["name"]}: {event["text"]}\n'
    finally:
        await layer.group_discard(group, channel)
