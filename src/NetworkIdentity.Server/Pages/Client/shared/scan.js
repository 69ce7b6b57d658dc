// The camera: frames until one of them holds a QR code. The browser's own detector where it has one, else jsQR, which is kept here.
import { isFrame } from "./frames.js";

const EVERY_MS = 120;
const LONGEST_SIDE = 960; // enough for a code that fills a third of the picture, and quick

/** Whether this browser can open a camera at all. */
export const hasCamera = () => Boolean(navigator.mediaDevices?.getUserMedia);

/**
 * Opens the camera into a video element and reads.
 * @param {HTMLVideoElement} video Shows what the camera sees.
 * @param {(text: string) => unknown} found Called with the text of a code. Where it gives true, or a promise of it, the camera looks on, for a code of several;
 *   else it was the last. Of several codes in one picture those of one text in several come, else one after the other.
 * @param {(error: Error) => unknown} failed Called where the camera ends, or what reads it fails, after it was opened: it is closed then.
 * @returns {Promise<() => void>} What closes the camera.
 * @throws {DOMException} NotAllowedError: refused; NotFoundError: there is none; NotReadableError: another program has it.
 */
export async function scan(video, found, failed) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
  let timer = 0;
  let over = false;
  const stop = () => {
    over = true;
    clearTimeout(timer);
    for (const track of stream.getTracks()) track.stop();
  };
  try {
    video.srcObject = stream;
    await video.play();
    const fail = (error) => {
      if (over) return;
      stop();
      failed(error);
    };
    for (const track of stream.getTracks()) track.addEventListener("ended", () => fail(new Error("another program took it, or it was unplugged")));
    const read = await reader();
    const look = async () => {
      const texts = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? await read(video) : [];
      const frames = texts.filter(isFrame);
      for (const text of frames.length > 0 ? frames : texts) {
        if (over) return;
        if ((await found(text)) !== true) return stop();
      }
      if (!over) timer = setTimeout(() => look().catch(fail), EVERY_MS);
    };
    look().catch(fail);
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}

async function reader() {
  if ("BarcodeDetector" in globalThis && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video)).map(({ rawValue }) => rawValue);
  }

  await import("./vendor/jsQR.js"); // written before modules: it leaves its function at the global object
  const canvas = document.createElement("canvas");
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  return (video) => {
    const scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (canvas.width === 0) return [];
    paper.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = paper.getImageData(0, 0, canvas.width, canvas.height);
    const code = globalThis.jsQR(data, width, height);
    return code?.data ? [code.data] : [];
  };
}
