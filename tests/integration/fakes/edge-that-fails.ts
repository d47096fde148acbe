/** An edge that cannot start, and says why. */
process.on('message', () => {
  process.send?.({ kind: 'fatal', message: 'the moon is in the wrong phase' }, () => process.exit(1));
});
