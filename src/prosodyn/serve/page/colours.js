// Colours and letters of emotions, and what can be read on them.

const INKS = ["#000000", "#ffffff"]; // the better of the two has a contrast of 4.58 or more on every colour

let own = {};
let letters = {};

/** Learn a model's colours, and a letter or more that tells each label apart without any. */
export function learn({ labels, colours }) {
  own = colours;
  letters = Object.fromEntries(labels.map((label) => [label, shortest(label, labels)]));
}

function shortest(label, labels) {
  const others = labels.filter((each) => each !== label);
  let n = 1;
  while (n < label.length && others.some((each) => each.startsWith(label.slice(0, n)))) n += 1;
  return label.slice(0, 1).toUpperCase() + label.slice(1, n);
}

export function colourOf(label) {
  return own[label] ?? "#888888";
}

export function letterOf(label) {
  return letters[label] ?? (label ?? "").slice(0, 1).toUpperCase();
}

/** Return what is read best on a colour: black or white. */
export function inkOn(colour) {
  const [black, white] = INKS.map((ink) => contrast(ink, colour));
  return black >= white ? INKS[0] : INKS[1];
}

/** Return the contrast of two colours `#rrggbb`, as WCAG 2.2 defines it. */
export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
