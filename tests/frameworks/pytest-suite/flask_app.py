from flask import Flask

app = Flask(__name__)


@app.get('/')
def index() -> str:
    print('the index was asked for')
    return 'by Flask'


@app.get('/fails')
def fails() -> str:
    raise RuntimeError('the reason of it')
