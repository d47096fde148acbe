"""What an application of uWSGI's finds here: the module `uwsgi`, `uwsgidecorators`, and the processes beside the workers.

Imported only where the server was started as `portico uwsgi`.
"""
