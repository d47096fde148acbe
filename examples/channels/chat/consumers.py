"""One person in a room."""

from __future__ import annotations

from urllib.parse import parse_qs

from channels.generic.websocket import AsyncJsonWebsocketConsumer

NAME_MAX = 40
TEXT_MAX = 1000

TOO_LONG = 4001
"""A close code for applications (RFC 6455 7.4.2)."""


class Chat(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        query = parse_qs(self.scope['query_string'].decode())
        self.name = query.get('name', ['somebody'])[0][:NAME_MAX]
        self.group = f'room-{self.scope["url_route"]["kwargs"]["room"]}'
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()
        await self.tell('has come')

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)
        await self.tell(f'has left ({code})')

    async def receive_json(self, content: dict[str, str]) -> None:
        text = str(content.get('text', '')).strip()
        if len(text) > TEXT_MAX:
            await self.close(TOO_LONG, 'too long')
        elif text:
            await self.tell(text)

    async def tell(self, text: str) -> None:
        await self.channel_layer.group_send(self.group, {'type': 'chat.line', 'name': self.name, 'text': text})

    async def chat_line(self, event: dict[str, str]) -> None:
        await self.send_json({'name': event['name'], 'text': event['text']})
