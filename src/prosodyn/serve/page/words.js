// What is said about moments, in words.

export const UNCERTAIN = "uncertain";
export const NO_SPEECH = "no speech";

/** Write seconds as people read them: 75.04 is 1:15. */
export function clock(seconds) {
  const whole = Math.floor(seconds + 1e-6);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const padded = String(rest).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${padded}` : `${minutes}:${padded}`;
}

/** Write a share in percent; what is not certain is never written as 100. */
export function percent(share) {
  const rounded = Math.round(100 * share);
  return rounded === 100 && share < 1 ? ">99 %" : `${rounded} %`;
}

/** Say what a segment is: "uncertain, perhaps fear 41 %". */
export function caption(segment) {
  if (segment.emotion === NO_SPEECH) return NO_SPEECH;
  const perhaps = segment.emotion === UNCERTAIN ? `, perhaps ${segment.best_guess}` : "";
  const strange = segment.strange ? ", strange" : "";
  return `${segment.emotion}${perhaps}${strange} ${percent(segment.confidence)}`;
}

/** Say what a segment is, and when. */
export function captionWithTimes(segment) {
  return `${clock(segment.start)} to ${clock(segment.end)}: ${caption(segment)}`;
}

/** Say how much of a recording is speech, and in which emotions, the most frequent first. */
export function summary(segments, duration) {
  const seconds = new Map();
  for (const { emotion, start, end } of segments) {
    if (emotion !== NO_SPEECH) seconds.set(emotion, (seconds.get(emotion) ?? 0) + end - start);
  }
  const spoken = [...seconds.values()].reduce((sum, each) => sum + each, 0);
  if (!spoken) return `${NO_SPEECH} in ${clock(duration)}`;
  const shares = [...seconds].sort((one, other) => other[1] - one[1]);
  const named = shares.map(([emotion, each]) => `${emotion} ${percent(each / spoken)}`);
  return `speech ${clock(spoken)} of ${clock(duration)}: ${named.join(", ")}`;
}
