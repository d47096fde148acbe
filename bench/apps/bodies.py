"""Answers a GET with 10 KB, and a POST with the size of the body that it has read."""

PAGE = b'0123456789abcde\n' * 640


def application(environ, start_response):
    body = PAGE
    if environ['REQUEST_METHOD'] == 'POST':
        body = b'%d\n' % len(environ['wsgi.input'].read(int(environ['CONTENT_LENGTH'])))
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', str(len(body)))])
    return [body]
