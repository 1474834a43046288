// What is shown of an answer: in words, in colours, row by row, and as files.

import { colourOf, inkOn, letterOf } from "./colours.js";
import { FORMATS, inFormat } from "./formats.js";
import { $, listed, pressed, save, say } from "./page.js";
import { Picture } from "./picture.js";
import { NO_SPEECH, NOT_HEARD, UNCERTAIN, answerOf, caption, clock, isSpoken, percent, summary } from "./words.js";

const picture = new Picture($, (second, plays) => {
  if ($.player.hidden) return;
  $.player.currentTime = second;
  if (plays) $.player.play().catch((fault) => say(`The browser does not play it: ${fault.message}`, true));
});
let address = null;

/**
 * Show the answer to a recording: its timeline, and where it is short, one answer with what is wrong with it.
 * `sound` is a file to play, or null; where `isOwn`, it was made here, and can be saved.
 */
export function show({ whole = null, timeline }, bars, sound, isOwn = false) {
  const { duration, segments } = timeline;
  $.answer.hidden = false;
  $.name.textContent = timeline.file;
  $.whole.textContent = inWords(whole, timeline).replaceAll(" %", "\u00a0%"); // on one line
  offerToPlay(sound);
  picture.show(duration, bars, segments);
  showLegend(segments);
  showRows(segments);
  showRemarks(whole, timeline);
  showDownloads(timeline, isOwn && sound);
  $.answer.focus({ preventScroll: true });
  $.answer.scrollIntoView({ block: "nearest" });
}

/** Show the seconds from `start` to `end` of what is still going on. */
export function follow(start, end, bars, perSecond, segments) {
  picture.follow(start, end, bars, perSecond, segments);
  showLegend(segments);
  const last = segments.findLast(isSpoken);
  $.whole.textContent = last ? caption(last) : "Speak; the first answer takes some seconds.";
}

/** Make room for an answer that grows. */
export function clear(name) {
  $.answer.hidden = false;
  $.name.textContent = name;
  $.moments.hidden = true;
  for (const element of [$.remarks, $.downloads, $.rows]) element.replaceChildren();
  offerToPlay(null);
}

function inWords(whole, { segments, duration }) {
  const nSpoken = segments.filter(isSpoken).length;
  if (whole === null || nSpoken !== 1) return summary(segments, duration);
  if (whole.emotion !== UNCERTAIN) return `${whole.emotion}, ${percent(whole.confidence)} sure`;
  const others = whole.plausible.length > 1 ? whole.plausible : [whole.best_guess];
  return `uncertain, perhaps ${others.slice(0, 3).join(" or ")}`;
}

function showLegend(segments) {
  const labels = new Set(segments.map(({ best_guess: guess }) => guess).filter(Boolean));
  const items = [...labels].map((label) => {
    const colour = colourOf(label);
    return listed(label, "", { colour, ink: inkOn(colour), letter: letterOf(label) });
  });
  const others = [[UNCERTAIN, "uncertain", "?"], [NO_SPEECH, "silent", "\u00a0"], [NOT_HEARD, "unheard", "×"]];
  for (const [emotion, kind, letter] of others) {
    if (segments.some((segment) => segment.emotion === emotion)) items.push(listed(emotion, kind, { letter }));
  }
  $.legend.replaceChildren(...items);
}

function showRows(segments) {
  $.moments.hidden = false;
  $.rows.replaceChildren(
    ...segments.map((segment) => {
      const row = document.createElement("tr");
      const sure = segment.confidence === null ? "" : percent(segment.confidence);
      for (const text of [clock(segment.start, true), clock(segment.end, true), answerOf(segment), sure]) {
        row.insertCell().textContent = text;
      }
      return row;
    }),
  );
}

function showRemarks(whole, timeline) {
  const found = whole?.diagnosis?.findings ?? [];
  const told = found.map(({ sentence, advice, severity }) => listed(`${sentence}; ${advice}.`, severity));
  const known = new Set(found.map(({ sentence }) => sentence));
  const others = (whole ?? timeline).remarks.filter((remark) => !known.has(remark));
  $.remarks.replaceChildren(...told, ...others.map((remark) => listed(`${remark}.`)));
}

function showDownloads(timeline, sound) {
  const head = document.createElement("span");
  head.textContent = "Download:";
  const stem = timeline.file.replace(/\.[^.]*$/, "");
  const buttons = Object.entries(FORMATS).map(([format, { ending }]) =>
    pressed(format, () => save(inFormat(timeline, format), `${stem}.${ending}`)));
  if (sound) buttons.push(pressed("sound (wav)", () => save(sound, `${stem}.wav`)));
  $.downloads.replaceChildren(head, ...buttons);
}

/** Offer a recording to be played; a browser that cannot play it shows the picture alone. */
function offerToPlay(sound) {
  if (address) URL.revokeObjectURL(address);
  address = sound && URL.createObjectURL(sound);
  $.now.textContent = "";
  picture.mark(null);
  $.player.hidden = true;
  if (sound) $.player.src = address;
  else $.player.removeAttribute("src");
}

function followPlayer() {
  if ($.player.hidden) return;
  const current = picture.mark($.player.currentTime);
  $.now.textContent = current ? caption(current) : "";
  if (!$.player.paused) requestAnimationFrame(followPlayer);
}

$.player.addEventListener("loadedmetadata", () => { $.player.hidden = false; });
$.player.addEventListener("error", () => { $.player.hidden = true; });
$.player.addEventListener("play", followPlayer);
$.player.addEventListener("seeked", followPlayer);
