// A text as a picture that a camera reads: black on white whatever the page's colours are, since many readers know no other.
import { utf8 } from "./bytes.js";
import qrcode from "./vendor/qrcode.js";

/** In modules, on each side: what a reader needs to find the code. */
const QUIET = 4;

/** Up to this many bytes fit version 15 at level M, and characters of the alphanumeric mode version 13, which forgives a reflection on the glass; a longer text is written at level L, so that its modules stay larger. */
const MOST_AT_M = { Byte: 412, Alphanumeric: 483 };

/** What takes 5.5 bits a character [ISO/IEC 18004 §7.3.4]. */
const ALPHANUMERIC = /^[0-9A-Z $%*+\-./:]*$/;

/** What a code of version 40 holds at level L. */
const MOST_BYTES = 2953;

/** Whether a text fits one code at all. */
export const fitsQr = (text) => utf8(text).length <= MOST_BYTES;

/**
 * Draws a text's QR code.
 * @param {HTMLCanvasElement | SVGElement} element its size on the page is the page's; a canvas gets whole pixels to a module, as many as fit its width, an svg its viewBox
 * @param {string} text at most 2953 bytes of UTF-8
 * @returns {number} how many modules wide the picture is, with the quiet zone
 * @throws {RangeError} where the text fits no code
 */
export function drawQr(element, text) {
  const { count, isDark } = modulesOf(text);
  const wide = count + 2 * QUIET;
  if (typeof element.getContext === "function") paint(element, { count, wide, isDark });
  else trace(element, { count, wide, isDark });
  return wide;
}

/** The modules of a text's code. @returns {{ count: number, isDark: (row: number, column: number) => boolean }} */
export function modulesOf(text) {
  const bytes = utf8(text);
  if (bytes.length > MOST_BYTES) throw new RangeError("the text fits no code");
  const mode = ALPHANUMERIC.test(text) ? "Alphanumeric" : "Byte";
  const code = qrcode(0, bytes.length <= MOST_AT_M[mode] ? "M" : "L");
  code.addData(String.fromCharCode(...bytes), mode); // the encoder takes the low byte of each character: this is UTF-8
  code.make();
  return { count: code.getModuleCount(), isDark: (row, column) => code.isDark(row, column) };
}

function paint(canvas, { count, wide, isDark }) {
  const size = Math.max(1, Math.floor(canvas.width / wide));
  canvas.width = canvas.height = wide * size;
  const paper = canvas.getContext("2d");
  paper.fillStyle = "#ffffff";
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.fillStyle = "#000000";
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) if (isDark(row, column)) paper.fillRect((column + QUIET) * size, (row + QUIET) * size, size, size);
  }
}

/** One path for all that is dark, a run of modules at a time. */
function trace(svg, { count, wide, isDark }) {
  let path = "";
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      if (!isDark(row, column)) continue;
      const start = column;
      while (column + 1 < count && isDark(row, column + 1)) column++;
      const run = column - start + 1;
      path += `M${start + QUIET} ${row + QUIET}h${run}v1h-${run}z`;
    }
  }
  svg.setAttribute("viewBox", `0 0 ${wide} ${wide}`);
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.replaceChildren(part(svg, `M0 0h${wide}v${wide}H0z`, "#ffffff"), part(svg, path, "#000000"));
}

function part(svg, d, fill) {
  const path = svg.ownerDocument.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", d);
  path.setAttribute("fill", fill);
  return path;
}
