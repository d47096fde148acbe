"""A page of 20 KB, as a template makes them: text that repeats itself, and numbers that do not."""

WORDS = [f'<p class="c{n % 17}">paragraph {n * 7919 % 1000} of the page {n}</p>' for n in range(420)]
PAGE = ' '.join(WORDS).encode()[:20480]
FIELDS = [('Content-Type', 'text/html; charset=utf-8'), ('Content-Length', str(len(PAGE)))]


def application(environ, start_response):
    start_response('200 OK', FIELDS)
    return [PAGE]
