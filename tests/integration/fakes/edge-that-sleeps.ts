/** An edge that never becomes ready. */
process.on('message', () => undefined);
