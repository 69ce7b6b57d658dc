// What is compressed, and no more of it than it may hold: at most what a status list may.

const MOST_BYTES = 4 * 1024 * 1024;

/** Inflates ZLIB data, or that of another format that browsers know [RFC1950]. Throws a SyntaxError where it is too long. */
export async function inflate(data, format = "deflate", most = MOST_BYTES) {
  const chunks = [];
  let length = 0;
  const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream(format)).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new SyntaxError("what is compressed is longer than is read here");
    }
    chunks.push(value);
  }
  const whole = new Uint8Array(length);
  chunks.reduce((at, chunk) => (whole.set(chunk, at), at + chunk.length), 0);
  return whole;
}
