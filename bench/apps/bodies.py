"""Answers a GET with 10 KB, or with 1 MB below /1m, and a POST with the size of the body that it has read."""

LINE = b'0123456789abcde\n'
PAGES = {'/': LINE * 640, '/1m': LINE * 65536}


def application(environ, start_response):
    if environ['REQUEST_METHOD'] == 'POST':
        body = b'%d\n' % len(environ['wsgi.input'].read(int(environ['CONTENT_LENGTH'])))
    else:
        body = PAGES[environ['PATH_INFO']]
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', str(len(body)))])
    return [body]
