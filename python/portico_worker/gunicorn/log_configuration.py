"""What logconfig, logconfig_dict and logconfig_json say of Python's loggers."""

from __future__ import annotations

import json
import os
from logging.config import dictConfig, fileConfig
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .config import Config

CONFIG_DEFAULTS: dict[str, Any] = {
    'version': 1,
    'disable_existing_loggers': False,
    'root': {'level': 'INFO', 'handlers': ['console']},
    'loggers': {
        'gunicorn.error': {
            'level': 'INFO',
            'handlers': ['error_console'],
            'propagate': True,
            'qualname': 'gunicorn.error',
        },
        'gunicorn.access': {'level': 'INFO', 'handlers': ['console'], 'propagate': True, 'qualname': 'gunicorn.access'},
    },
    'handlers': {
        'console': {'class': 'logging.StreamHandler', 'formatter': 'generic', 'stream': 'ext://sys.stdout'},
        'error_console': {'class': 'logging.StreamHandler', 'formatter': 'generic', 'stream': 'ext://sys.stderr'},
    },
    'formatters': {
        'generic': {
            'format': '%(asctime)s [%(process)d] [%(levelname)s] %(message)s',
            'datefmt': '[%Y-%m-%d %H:%M:%S %z]',
            'class': 'logging.Formatter',
        }
    },
}
"""What holds where a configuration says nothing; each of its keys replaces one of these, as in gunicorn."""


def configure(cfg: Config) -> None:
    """Raises RuntimeError with what is wrong."""
    path = cfg.value('logconfig')
    try:
        if cfg.value('logconfig_dict'):
            _apply(cfg.value('logconfig_dict'))
        elif cfg.value('logconfig_json'):
            with open(cfg.value('logconfig_json'), encoding='utf-8') as file:
                _apply(json.load(file))
        elif path:
            if not os.path.exists(path):
                raise RuntimeError(f"Error: log config '{path}' not found")
            here = {'__file__': path, 'here': os.path.dirname(path)}
            fileConfig(path, defaults=here, disable_existing_loggers=False)
    except (OSError, AttributeError, ImportError, ValueError, TypeError, KeyError) as error:
        raise RuntimeError(str(error)) from error


def _apply(configuration: dict[str, Any]) -> None:
    whole: Any = {**CONFIG_DEFAULTS, **configuration}
    dictConfig(whole)
