"""`uwsgidecorators`, for applications that are served by `portico uwsgi`: the names and manners of uWSGI's module of that name.

It is imported as a module of its own, by that name, so it imports nothing of ours but `uwsgi`.
"""

from __future__ import annotations

import pickle
import sys
import threading
from functools import partial
from typing import Any, Callable

import uwsgi  # type: ignore[import-untyped]

Function = Callable[..., Any]

spooler_functions: dict[str, Function] = {}
mule_functions: dict[str, Function] = {}
postfork_chain: list[Any] = []

_ARGUMENTS_OF_SPOOLER = ('message_dict', 'spooler', 'priority', 'at', 'body')


def get_free_signal() -> int:
    for number in range(256):
        if not uwsgi.signal_registered(number):
            return number
    raise Exception('No free uwsgi signal available')


def _text(value: Any) -> Any:
    return value.decode('utf-8') if isinstance(value, bytes) else value


def manage_spool_request(task: dict[Any, Any]) -> int:
    """What spoolers call for each task: it finds the function that was decorated."""
    named = {_text(key): value for key, value in task.items()}
    pickled = 'args' in named
    arguments = [pickle.loads(named.pop(key)) for key in ('args', 'kwargs')] if pickled else []
    named = {key: _text(value) if _is_text(value) else value for key, value in named.items()}
    function: Callable[..., Any] = spooler_functions[named['ud_spool_func']]
    result = function(*arguments[0], **arguments[1]) if pickled else function(named)
    return int(named.get('ud_spool_ret') or result)


def _is_text(value: Any) -> bool:
    """uWSGI fails on a body that is no text; here it stays what it is."""
    try:
        _text(value)
    except UnicodeDecodeError:
        return False
    return True


def postfork_chain_hook() -> None:
    for function in postfork_chain:
        function()


class postfork:
    """`@postfork`: in every process, after it was forked. `@postfork(2)`: in worker 2 alone."""

    def __init__(self, function: Any) -> None:
        self.wid = 0 if callable(function) else function
        self.f: Function | None = function if callable(function) else None
        postfork_chain.append(self)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        if self.f is None:
            self.f = arguments[0]
            return self.f
        if self.wid > 0 and self.wid != uwsgi.worker_id():
            return None
        return self.f()


class _Spool:
    """A function whose call becomes a task of a spooler."""

    decorator = 'spoolraw'
    result: int | None = None
    """What each task ends with; None: what the function returns."""

    def __init__(self, function: Function, pass_arguments: bool = False) -> None:
        if 'spooler' not in uwsgi.opt and not uwsgi.spoolers:
            raise Exception(
                f'you have to enable the uWSGI spooler to use @{self.decorator} decorator (--spooler FOLDER)'
            )
        self.f = function
        self.pass_arguments = pass_arguments
        self.base_dict: dict[str, Any] = {'ud_spool_func': function.__name__}
        if self.result is not None:
            self.base_dict['ud_spool_ret'] = str(self.result)
        spooler_functions[function.__name__] = function
        function.spool = self.__call__  # type: ignore[attr-defined]

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        task = dict(self.base_dict)
        if self.pass_arguments:
            task.update({key: named.pop(key) for key in _ARGUMENTS_OF_SPOOLER if key in named})
            task.update(args=pickle.dumps(arguments), kwargs=pickle.dumps(named))
        else:
            task.update(*arguments[:1], **named)
        return uwsgi.spool({_octets(key): _octets(value) for key, value in task.items()})

    def spool(self, *arguments: Any, **named: Any) -> Any:
        return self(*arguments, **named)


def _octets(value: Any) -> Any:
    return value.encode('utf-8') if isinstance(value, str) else value


class _SpoolOnce(_Spool):
    decorator = 'spool'
    result = uwsgi.SPOOL_OK


class _SpoolForever(_Spool):
    decorator = 'spoolforever'
    result = uwsgi.SPOOL_RETRY


def spoolraw(f: Function | None = None, pass_arguments: bool = False) -> Any:
    return _spooling(_Spool, f, pass_arguments)


def spool(f: Function | None = None, pass_arguments: bool = False) -> Any:
    return _spooling(_SpoolOnce, f, pass_arguments)


def spoolforever(f: Function | None = None, pass_arguments: bool = False) -> Any:
    return _spooling(_SpoolForever, f, pass_arguments)


def _spooling(kind: type[_Spool], function: Function | None, pass_arguments: bool) -> Any:
    return partial(kind, pass_arguments=pass_arguments) if function is None else kind(function, pass_arguments)


class mulefunc:
    """`@mulefunc`, `@mulefunc(1)`, `@mulefunc('farm')`: calls of the function are made in a mule."""

    def __init__(self, f: Any) -> None:
        self.fname: str | None = None
        self.mule: Any = f
        if callable(f):
            self.mule = 0
            self._take(f)

    def _take(self, function: Function) -> None:
        self.fname = function.__name__
        mule_functions[function.__name__] = function

    def real_call(self, *args: Any, **kwargs: Any) -> None:
        call = {'service': 'uwsgi_mulefunc', 'func': self.fname, 'args': args, 'kwargs': kwargs}
        uwsgi.mule_msg(pickle.dumps(call), self.mule)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.fname is None:
            self._take(args[0])
            return self.real_call
        return self.real_call(*args, **kwargs)


def mule_msg_dispatcher(message: bytes) -> Any:
    try:
        call = pickle.loads(message)
    except Exception:
        return None  # The message is of another kind, for somebody else.
    if isinstance(call, dict) and call.get('service') == 'uwsgi_mulefunc':
        return mule_functions[call['func']](*call['args'], **call['kwargs'])
    return None


class rpc:
    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, f: Function) -> Function:
        uwsgi.register_rpc(self.name, f)
        return f


class _InMule:
    """A decorator whose function is run in one mule, once it was forked."""

    def __init__(self, num: int) -> None:
        self.num = num

    def __call__(self, f: Function) -> None:
        def run() -> None:
            if uwsgi.mule_id() == self.num:
                self.run(f)

        postfork_chain.append(run)

    def run(self, f: Function) -> None:
        raise NotImplementedError


class mule(_InMule):
    """Calls the function once."""

    def run(self, f: Function) -> None:
        _or_end(f)


class muleloop(_InMule):
    """Calls the function again and again."""

    def run(self, f: Function) -> None:
        while True:
            _or_end(f)


class mulemsg(_InMule):
    """Calls the function with each message."""

    def run(self, f: Function) -> None:
        while True:
            message = uwsgi.mule_get_msg()
            if message:
                f(message)


mule_msg_loop = mulemsg


def _or_end(f: Function) -> None:
    """The mule ends with the function that fails, and is started again."""
    try:
        f()
    except Exception:
        sys.excepthook(*sys.exc_info())
        sys.exit(1)


class farm:
    """Calls the function with each message to the farm, in each of its mules."""

    def __init__(self, name: str | None = None, **kwargs: Any) -> None:
        self.name = name

    def __call__(self, f: Function) -> None:
        def run() -> None:
            if uwsgi.mule_id() == 0 or not uwsgi.in_farm(self.name):
                return
            while True:
                message = uwsgi.farm_get_msg()
                if message:
                    f(message)

        postfork_chain.append(run)


class signal:
    def __init__(self, num: int, **kwargs: Any) -> None:
        self.num = num
        self.target = kwargs.get('target', '')

    def __call__(self, f: Function) -> Function:
        uwsgi.register_signal(self.num, self.target, f)
        return f


class _Source(signal):
    """What raises a signal by itself; its number is the next free one, unless it is given as `signum`."""

    def __init__(self, **kwargs: Any) -> None:
        number = kwargs.get('signum')
        super().__init__(get_free_signal() if number is None else number, **kwargs)

    def __call__(self, f: Function) -> Function:
        super().__call__(f)
        self.add()
        return f

    def add(self) -> None:
        raise NotImplementedError


class timer(_Source):
    def __init__(self, secs: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.secs = secs

    def add(self) -> None:
        uwsgi.add_timer(self.num, self.secs)


class mstimer(_Source):
    def __init__(self, msecs: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.msecs = msecs

    def add(self) -> None:
        uwsgi.add_ms_timer(self.num, self.msecs)


class rbtimer(timer):
    def add(self) -> None:
        uwsgi.add_rb_timer(self.num, self.secs)


class cron(_Source):
    def __init__(self, minute: int, hour: int, day: int, month: int, dayweek: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.when = (minute, hour, day, month, dayweek)

    def add(self) -> None:
        uwsgi.add_cron(self.num, *self.when)


class filemon(_Source):
    def __init__(self, fsobj: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fsobj = fsobj

    def add(self) -> None:
        uwsgi.add_file_monitor(self.num, self.fsobj)


class erlang:
    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, f: Function) -> Function:
        uwsgi.erlang_register_process(self.name, f)
        return f


class lock:
    """The function runs in one process at a time; a spooler does not call it."""

    def __init__(self, f: Function) -> None:
        self.f = f

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if uwsgi.i_am_the_spooler():
            return None
        uwsgi.lock()
        try:
            return self.f(*args, **kwargs)
        finally:
            uwsgi.unlock()


class thread:
    """A call of the function starts a thread for it."""

    def __init__(self, f: Function) -> None:
        self.f = f

    def __call__(self, *args: Any) -> Function:
        threading.Thread(target=self.f, args=args, daemon=True).start()
        return self.f


class harakiri:
    """The request is given up if the function takes longer."""

    def __init__(self, seconds: int) -> None:
        self.s = seconds

    def __call__(self, f: Function) -> Function:
        def call(*args: Any, **kwargs: Any) -> Any:
            uwsgi.set_user_harakiri(self.s)
            try:
                return f(*args, **kwargs)
            finally:
                uwsgi.set_user_harakiri(0)

        return call


uwsgi.spooler = manage_spool_request
uwsgi.post_fork_hook = postfork_chain_hook
uwsgi.install_mule_msg_hook(mule_msg_dispatcher)
