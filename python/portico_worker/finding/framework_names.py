"""How applications of the frameworks that people use are made, as their source code says it."""

from __future__ import annotations

CONSTRUCTORS = {
    'apiflask.APIFlask': 'APIFlask',
    'ariadne.asgi.GraphQL': 'Ariadne',
    'blacksheep.Application': 'BlackSheep',
    'blacksheep.server.Application': 'BlackSheep',
    'bottle.Bottle': 'Bottle',
    'bottle.app': 'Bottle',
    'bottle.default_app': 'Bottle',
    'channels.routing.ProtocolTypeRouter': 'Channels',
    'cherrypy.Application': 'CherryPy',
    'connexion.App': 'Connexion',
    'connexion.AsyncApp': 'Connexion',
    'connexion.FlaskApp': 'Connexion',
    'dash.Dash': 'Dash',
    'django.core.asgi.get_asgi_application': 'Django',
    'django.core.wsgi.get_wsgi_application': 'Django',
    'emmett.App': 'Emmett',
    'esmerald.Esmerald': 'Esmerald',
    'falcon.API': 'Falcon',
    'falcon.App': 'Falcon',
    'falcon.asgi.App': 'Falcon',
    'fastapi.FastAPI': 'FastAPI',
    'fastapi.applications.FastAPI': 'FastAPI',
    'fasthtml.common.FastHTML': 'FastHTML',
    'fasthtml.common.fast_app': 'FastHTML',
    'flask.Flask': 'Flask',
    'flask.app.Flask': 'Flask',
    'flask_openapi3.OpenAPI': 'Flask',
    'hug.API': 'Hug',
    'lilya.apps.Lilya': 'Lilya',
    'litestar.Litestar': 'Litestar',
    'litestar.app.Litestar': 'Litestar',
    'microdot.asgi.Microdot': 'Microdot',
    'microdot.wsgi.Microdot': 'Microdot',
    'quart.Quart': 'Quart',
    'ravyn.Ravyn': 'Ravyn',
    'responder.API': 'Responder',
    'sanic.Sanic': 'Sanic',
    'socketio.ASGIApp': 'Socket.IO',
    'socketio.WSGIApp': 'Socket.IO',
    'starlette.applications.Starlette': 'Starlette',
    'strawberry.asgi.GraphQL': 'Strawberry',
}
"""By the dotted name of a class or function: the framework whose application it makes."""

METHODS = {'make_wsgi_app': 'Pyramid', 'wsgifunc': 'web.py', 'streamable_http_app': 'MCP', 'sse_app': 'MCP'}
"""The same by the name of a method."""

UNSERVED = {
    'aiohttp.web.Application': 'aiohttp',
    'robyn.Robyn': 'Robyn',
    'tornado.web.Application': 'Tornado',
}
"""Frameworks that speak HTTP themselves, and neither WSGI nor ASGI."""

OTHER_PACKAGES = frozenset(
    (
        'argparse',
        'arq',
        'celery',
        'click',
        'cyclopts',
        'discord',
        'dramatiq',
        'faust',
        'gradio',
        'huey',
        'invoke',
        'kivy',
        'PyQt5',
        'PyQt6',
        'PySide2',
        'PySide6',
        'rq',
        'slack_bolt',
        'streamlit',
        'taskiq',
        'textual',
        'tkinter',
        'typer',
    )
)
"""Packages that also have people write `app = …`, for something that is no web application."""
RUNNERS = frozenset(
    (
        'bottle.run',
        'hypercorn.run.run',
        'uvicorn.run',
        'waitress.serve',
        'werkzeug.run_simple',
        'werkzeug.serving.run_simple',
    )
)
"""Functions that serve until they are stopped: a file that calls one when it is imported is never imported to its end."""
OTHER_NAMES = frozenset(('flask.Blueprint', 'fastapi.APIRouter', 'quart.Blueprint'))

INSTANCE_NAMES = ('application', 'app')
"""What servers look for, in this order: where a file has both, `application` is usually made of `app`."""
FACTORY_NAMES = (
    'create_app',
    'make_app',
    'get_app',
    'build_app',
    'create_application',
    'make_application',
    'get_application',
    'build_application',
    'app_factory',
)
