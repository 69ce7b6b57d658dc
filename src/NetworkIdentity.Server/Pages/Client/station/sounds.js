// Three sounds that nobody takes for each other, and three ways to shake: rising for Admit, two alike for Ask, falling for Refuse.

const SOUNDS = {
  admit: [[659, 0, 0.12], [988, 0.13, 0.22]],
  ask: [[523, 0, 0.14], [523, 0.22, 0.14]],
  refuse: [[330, 0, 0.2], [196, 0.21, 0.4]],
};

const SHAKES = { admit: [80], ask: [80, 90, 80], refuse: [400] };

let context = null;

/** Browsers let a page sound only after a press: called at one. */
export function unlock() {
  try {
    context ??= new AudioContext();
    if (context.state === "suspended") context.resume().catch(() => {});
  } catch {
    context = null; // no sound on this device: the colour, the icon and the words are there
  }
}

/** Sounds and shakes for a light; where nobody pressed anything on this page yet, browsers allow neither. */
export function play(light, isMuted) {
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(SHAKES[light]);
  if (isMuted || context?.state !== "running") return;
  for (const [frequency, after, seconds] of SOUNDS[light]) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const from = context.currentTime + after;
    tone.type = light === "refuse" ? "sawtooth" : "sine";
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.0001, from);
    volume.gain.exponentialRampToValueAtTime(0.35, from + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, from + seconds);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + seconds);
  }
}
