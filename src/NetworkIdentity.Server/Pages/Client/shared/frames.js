// One text as several QR codes, shown one after the other until a camera has them all, in any order (decision 0053).
// Each code says NIF1/{check}/{index}/{count}/{chunk}: the text is UTF-8, raw DEFLATE and Base45, cut in chunks; check is the beginning of that text's digest, in hexadecimal.
import { fromBase45, fromUtf8, sha256, toBase45, utf8 } from "./bytes.js";
import { inflate } from "./inflate.js";

const FRAME = /^NIF1\/([0-9A-F]{12})\/([1-9]\d?)\/([1-9]\d?)\/([0-9A-Z $%*+\-./:]{1,4000})$/;
const MOST_FRAMES = 64;
const MOST_TEXTS = 4;
const MOST_BYTES = 64 * 1024;
const CHECK_BYTES = 6;

/** Characters of the text in one code: with what stands before them it is of version 13 at level L, whose modules a camera tells apart on a phone's screen. */
export const CHUNK = 595;

/** Whether a code's text is one of several. */
export const isFrame = (text) => text.startsWith("NIF1/");

/**
 * The codes' texts.
 * @param {string} text at most 64 KB of UTF-8
 * @param {number} [size] characters of the compressed text in each
 * @returns {Promise<string[]>}
 * @throws {RangeError} where it is longer than a reader takes
 */
export async function toFrames(text, size = CHUNK) {
  const bytes = utf8(text);
  if (bytes.length > MOST_BYTES) throw new RangeError("the text is longer than codes carry");
  const packed = toBase45(new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"))).arrayBuffer()));
  const count = Math.ceil(packed.length / size);
  if (count > MOST_FRAMES) throw new RangeError("the text needs more codes than a reader takes");
  const check = await checkOf(packed);
  return Array.from({ length: count }, (_, at) => `NIF1/${check}/${at + 1}/${count}/${packed.slice(at * size, (at + 1) * size)}`);
}

const checkOf = async (packed) => Array.from((await sha256(packed)).subarray(0, CHECK_BYTES), (byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("");

/**
 * The frames that a camera has seen. What is wrong is ignored. A frame of another text begins beside, so that a sticker near a code stops no scan: of a few texts, and of one more the one that
 * was not seen for the longest is forgotten.
 */
export class Frames {
  /** @type {Map<string, { count: number, chunks: Map<number, string> }>} by check and count; who was seen last is last */
  #texts = new Map();

  /**
   * Takes what a camera read.
   * @param {string} text
   * @returns {Promise<{ done: boolean, have: number, count: number, text?: string }>} `text` once it is whole, and as its check says; until then how far the text has come of which most was seen
   */
  async add(text) {
    const [, check, index, count, chunk] = FRAME.exec(text) ?? [];
    if (!check || Number(count) > MOST_FRAMES || Number(index) > Number(count)) return this.#seen();
    const of = `${check}/${count}`;
    const { chunks } = this.#take(of) ?? { chunks: new Map() };
    chunks.set(Number(index), chunk);
    if (chunks.size === Number(count)) {
      const packed = Array.from({ length: chunks.size }, (_, at) => chunks.get(at + 1)).join("");
      const whole = await read(packed, check);
      return whole === null ? this.#seen() : { done: true, have: chunks.size, count: chunks.size, text: whole }; // where one of them was wrong nobody knows which: all are forgotten
    }
    this.#texts.set(of, { count: Number(count), chunks });
    if (this.#texts.size > MOST_TEXTS) this.#take(this.#texts.keys().next().value);
    return this.#seen();
  }

  #take(of) {
    const text = this.#texts.get(of);
    this.#texts.delete(of);
    return text;
  }

  #seen() {
    const [{ chunks, count } = { chunks: new Map(), count: 0 }] = [...this.#texts.values()].sort((a, b) => b.chunks.size - a.chunks.size);
    return { done: false, have: chunks.size, count };
  }
}

/** The text, or null where it is not what the check says, or no text that this reads. */
async function read(packed, check) {
  if ((await checkOf(packed)) !== check) return null;
  try {
    return fromUtf8(await inflate(fromBase45(packed), "deflate-raw", MOST_BYTES));
  } catch {
    return null;
  }
}
