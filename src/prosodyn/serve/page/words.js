// What is said about moments, in words.

export const UNCERTAIN = "uncertain";
export const NO_SPEECH = "no speech";
export const NOT_HEARD = "not heard"; // while the connection of a live stream was lost

/** Tell whether somebody speaks in a segment. */
export function isSpoken({ emotion }) {
  return emotion !== NO_SPEECH && emotion !== NOT_HEARD;
}

/** Write seconds as people read them: 75.04 is 1:15, or 1:15.0 with tenths. */
export function clock(seconds, hasTenths = false) {
  const tenths = hasTenths ? Math.round(10 * seconds) : 10 * Math.floor(seconds + 1e-6);
  const whole = Math.floor(tenths / 10);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const padded = String(rest).padStart(2, "0") + (hasTenths ? `.${tenths % 10}` : "");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${padded}` : `${minutes}:${padded}`;
}

/** Write a share in percent; what is not certain is never written as 100. */
export function percent(share) {
  const rounded = Math.round(100 * share);
  return rounded === 100 && share < 1 ? ">99 %" : `${rounded} %`;
}

/** Say what a segment is, without how sure it is: "uncertain, perhaps fear". */
export function answerOf(segment) {
  if (!isSpoken(segment)) return segment.emotion;
  const perhaps = segment.emotion === UNCERTAIN ? `, perhaps ${segment.best_guess}` : "";
  return `${segment.emotion}${perhaps}${segment.strange ? ", strange" : ""}`;
}

/** Say what a segment is: "uncertain, perhaps fear 41 %". */
export function caption(segment) {
  return isSpoken(segment) ? `${answerOf(segment)} ${percent(segment.confidence)}` : segment.emotion;
}

/** Say what a segment is, and when. */
export function captionWithTimes(segment) {
  return `${clock(segment.start, true)} to ${clock(segment.end, true)}: ${caption(segment)}`;
}

/** Say how much of a recording is speech, and in which emotions, the most frequent first. */
export function summary(segments, duration) {
  const seconds = new Map();
  let spoken = 0;
  let lost = 0;
  for (const segment of segments) {
    const lasts = segment.end - segment.start;
    if (segment.emotion === NOT_HEARD) lost += lasts;
    if (!isSpoken(segment)) continue;
    seconds.set(segment.emotion, (seconds.get(segment.emotion) ?? 0) + lasts);
    spoken += lasts;
  }
  const told = (each) => clock(each, duration < 10);
  const missed = lost ? `; ${told(lost)} ${NOT_HEARD}` : "";
  if (!segments.length || (lost >= 0.99 * duration && !spoken)) return "Nothing was heard.";
  if (!spoken) return `${NO_SPEECH} in ${told(duration - lost)}${missed}`;
  const shares = [...seconds].sort((one, other) => other[1] - one[1]);
  const named = shares.map(([emotion, each]) => `${emotion} ${percent(each / spoken)}`);
  return `speech ${told(spoken)} of ${told(duration)}: ${named.join(", ")}${missed}`;
}
