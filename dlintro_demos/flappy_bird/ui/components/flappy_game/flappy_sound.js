/* Sounds out of the browser's own oscillators; none before the visitor asks for them. */
const SOUNDS = {
  flap: { wave: "triangle", from: 380, to: 620, long: 0.09, loud: 0.12 }, // Hz, s, of 1
  point: { wave: "sine", from: 880, to: 1320, long: 0.2, loud: 0.16 },
  crash: { wave: "sawtooth", from: 240, to: 55, long: 0.35, loud: 0.14 },
};

let speaker = null; // an AudioContext, made on the visitor's own click
let audible = false; // of every game, for as long as the page is open

function makeAudible(wanted) {
  audible = wanted;
  if (wanted) speaker ??= new AudioContext();
  if (wanted) speaker.resume();
}

function playSound(name) {
  if (!audible) return;
  const { wave, from, to, long, loud } = SOUNDS[name];
  const [tone, loudness] = [speaker.createOscillator(), speaker.createGain()];
  const [now, end] = [speaker.currentTime, speaker.currentTime + long];
  tone.type = wave;
  tone.frequency.setValueAtTime(from, now);
  tone.frequency.exponentialRampToValueAtTime(to, end);
  loudness.gain.setValueAtTime(loud, now);
  loudness.gain.exponentialRampToValueAtTime(0.001, end);
  tone.connect(loudness).connect(speaker.destination);
  tone.start(now);
  tone.stop(end);
}
