// The camera: frames until one of them holds a QR code. The browser's own detector where it has one, else jsQR, which is kept with the wallet.

const EVERY_MS = 120;
const LONGEST_SIDE = 960; // enough for a code that fills a third of the picture, and quick

/** Whether this browser can open a camera at all. */
export const hasCamera = () => Boolean(navigator.mediaDevices?.getUserMedia);

/**
 * Opens the camera into a video element and reads.
 * @param {HTMLVideoElement} video Shows what the camera sees.
 * @param {(text: string) => void} found Called once, with the text of the first code.
 * @returns {Promise<() => void>} What closes the camera.
 * @throws {DOMException} NotAllowedError: refused; NotFoundError: there is none; NotReadableError: another program has it.
 */
export async function scan(video, found) {
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
    const read = await reader();
    const look = async () => {
      const text = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? await read(video) : null;
      if (over) return;
      if (text) {
        stop();
        found(text);
      } else {
        timer = setTimeout(look, EVERY_MS);
      }
    };
    look();
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}

async function reader() {
  if ("BarcodeDetector" in globalThis && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }

  await import("./vendor/jsQR.js"); // written before modules: it leaves its function at the global object
  const canvas = document.createElement("canvas");
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  return (video) => {
    const scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (canvas.width === 0) return null;
    paper.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = paper.getImageData(0, 0, canvas.width, canvas.height);
    return globalThis.jsQR(data, width, height)?.data;
  };
}
