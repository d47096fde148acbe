// One WebSocket for as long as the page is open. When it is lost, the page says so and opens another.

const RETRY_MS = 1000;

const form = document.querySelector('form');
const lines = document.querySelector('#lines');
const state = document.querySelector('#state');
let socket;
let lossCount = 0;

function connect() {
  const url = new URL(location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  socket = new WebSocket(url);
  socket.addEventListener('open', () => {
    state.textContent = `connected, ${lossCount} times lost`;
  });
  socket.addEventListener('message', ({ data }) => {
    const { name, text } = JSON.parse(data);
    const line = document.createElement('li');
    line.textContent = `${name}: ${text}`;
    lines.append(line);
  });
  socket.addEventListener('close', ({ code }) => {
    lossCount += 1;
    state.textContent = `lost (${code})`;
    setTimeout(connect, RETRY_MS);
  });
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  socket.send(JSON.stringify({ text: form.elements.text.value }));
  form.reset();
});

connect();
