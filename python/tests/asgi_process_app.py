"""The ASGI site of the tests that run processes: `/name` calls the function of that name."""

import asyncio
import os
import sys
import time

IMPORTED = int(os.readlink('/proc/self'))


async def application(scope, receive, send):
    if scope['type'] == 'lifespan':
        await live(receive, send)
        return
    name = scope['path'][1:]
    body = await globals()[name]() if name else b'hello'
    pid, imported = str(os.getpid()), str(IMPORTED)
    headers = [(b'x-pid', pid.encode()), (b'x-imported', imported.encode())]
    headers.append((b'x-worker', os.environ['PORTICO_WORKER'].encode()))
    await send({'type': 'http.response.start', 'status': 200, 'headers': headers})
    await send({'type': 'http.response.body', 'body': body or b''})


async def live(receive, send):
    await receive()
    await send({'type': 'lifespan.startup.complete'})
    await receive()
    print('the lifespan was shut down')
    await send({'type': 'lifespan.shutdown.complete'})


async def prints():
    print('printed', 'words \udcff \u20ac')
    print('no end of line', end='')


async def sleeps():
    await asyncio.sleep(60)


async def blocks():
    time.sleep(60)


async def naps():
    await asyncio.sleep(0.3)


async def dies():
    os._exit(7)


async def crashes():
    import ctypes

    ctypes.string_at(0)


async def forks():
    pid = os.fork()
    if pid == 0:
        return None
    return str(os.waitpid(pid, 0)[1]).encode()


async def leaves_child():
    pid = os.fork()
    if pid == 0:
        sys.stdout.flush()
        os.execvp('sleep', ['sleep', '2'])
    return str(pid).encode()


async def at_exit():
    import atexit

    atexit.register(lambda: print('the exit handler ran'))


async def runs_a_program():
    process = await asyncio.create_subprocess_exec('echo', 'from a child', stdout=asyncio.subprocess.PIPE)
    return (await process.communicate())[0]


async def loop_name():
    loop = asyncio.get_running_loop()
    return f'{type(loop).__module__}.{type(loop).__name__}'.encode()
