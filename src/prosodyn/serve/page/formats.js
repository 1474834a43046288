// A timeline as a file, the same that the service writes: whoever downloads one has nothing heard twice.

import { NOT_HEARD, UNCERTAIN, isSpoken, percent } from "./words.js";

/** Formats by their names: the ending of a file, and what writes it. */
export const FORMATS = {
  json: { ending: "json", written: (timeline) => `${JSON.stringify([timeline], null, 1)}\n` },
  csv: { ending: "csv", written: toCsv },
  srt: { ending: "srt", written: toSrt },
  vtt: { ending: "vtt", written: toWebVtt },
  rttm: { ending: "rttm", written: toRttm },
  textgrid: { ending: "TextGrid", written: toTextGrid },
  audacity: { ending: "txt", written: toAudacity },
};

/** Return a timeline in a format, as a file. */
export function inFormat(timeline, format) {
  return new Blob([FORMATS[format].written(timeline)], { type: "text/plain;charset=utf-8" });
}

const COLUMNS = ["start", "end", "emotion", "confidence", "best_guess", "speaker", "strange"];

function toCsv({ file, adapted, labels, remarks, segments }) {
  const used = labels.filter((label) => segments.some(({ probabilities }) => label in probabilities));
  const head = ["file", ...COLUMNS, "adapted", "remarks", "error", ...used.map((label) => `probability_${label}`)];
  const rows = segments.map((segment) => [
    file, ...COLUMNS.map((column) => segment[column]), adapted, remarks.join("; "), "",
    ...used.map((label) => segment.probabilities[label]),
  ]);
  return [head, ...rows].map((row) => `${row.map(toCell).join(",")}\n`).join("");
}

function toCell(value) {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function toSrt(timeline) {
  const lookalikes = { "<": "‹", ">": "›", "{": "(", "}": ")" };
  const entries = spoken(timeline).map(({ from, to, segment }, at) => {
    const words = captionOf(segment).replace(/[<>{}]/g, (char) => lookalikes[char]);
    return `${at + 1}\n${stamp(from, ",")} --> ${stamp(to, ",")}\n${words}\n`;
  });
  return entries.join("\n");
}

function toWebVtt(timeline) {
  const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
  const cues = spoken(timeline).map(({ from, to, segment }) => {
    const words = captionOf(segment).replace(/[&<>]/g, (char) => escapes[char]);
    return `\n${stamp(from, ".")} --> ${stamp(to, ".")}\n${words}\n`;
  });
  return `WEBVTT\n${cues.join("")}`;
}

function toRttm(timeline) {
  const field = (text) => text.replace(/[\s%<>/\x00-\x1f\x7f-\x9f]/g, encodeURIComponent) || "<NA>";
  const name = field(timeline.file.replace(/^(.+)\.[^.]+$/, "$1"));
  const lines = spoken(timeline).map(({ from, to, segment }) => {
    const times = `${decimal(from)} ${decimal(to - from)}`;
    return `SPEAKER ${name} 1 ${times} <NA> <NA> ${field(segment.emotion)} ${segment.confidence.toFixed(3)} <NA>\n`;
  });
  return lines.join("");
}

function toTextGrid({ duration, segments }) {
  const steps = (seconds) => Math.round(1e6 * seconds); // whole microseconds
  const heard = segments.filter((segment) => isSpoken(segment) || segment.emotion === NOT_HEARD);
  const end = Math.max(steps(duration), 1000, ...heard.slice(-1).map((segment) => steps(segment.end)));
  const intervals = [];
  let reached = 0;
  for (const segment of heard) {
    const [from, to] = [steps(segment.start), steps(segment.end)];
    if (from >= to) continue;
    if (reached < from) intervals.push([reached, from, ""]);
    intervals.push([from, to, oneLine(segment.emotion)]);
    reached = to;
  }
  if (reached < end) intervals.push([reached, end, ""]);
  const lines = [
    'File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0", `xmax = ${end / 1e6}`,
    "tiers? <exists>", "size = 1", "item []:", "    item [1]:", '        class = "IntervalTier"',
    '        name = "emotion"', "        xmin = 0", `        xmax = ${end / 1e6}`,
    `        intervals: size = ${intervals.length}`,
  ];
  intervals.forEach(([from, to, text], at) => {
    lines.push(`        intervals [${at + 1}]:`, `            xmin = ${from / 1e6}`);
    lines.push(`            xmax = ${to / 1e6}`, `            text = "${text.replaceAll('"', '""')}"`);
  });
  return `${lines.join("\n")}\n`;
}

function toAudacity(timeline) {
  const line = ({ from, to, segment }) => `${decimal(from)}\t${decimal(to)}\t${captionOf(segment)}\n`;
  return spoken(timeline).map(line).join("");
}

/** Return what is spoken, with start and end in whole milliseconds; none is empty. */
function spoken({ segments }) {
  return segments.filter(isSpoken).map((segment) => {
    const from = Math.round(1000 * segment.start);
    return { from, to: Math.max(Math.round(1000 * segment.end), from + 1), segment };
  });
}

function captionOf(segment) {
  const perhaps = segment.emotion === UNCERTAIN ? `, perhaps ${oneLine(segment.best_guess)}` : "";
  return `${oneLine(segment.emotion)}${perhaps} ${percent(segment.confidence)}`;
}

function oneLine(text) {
  return text.replace(/[\s\x00-\x1f\x7f-\x9f]+/g, " ").trim();
}

function stamp(instant, mark) {
  const two = (number) => String(number).padStart(2, "0");
  const seconds = Math.floor(instant / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${two(hours)}:${two(minutes)}:${two(seconds % 60)}${mark}${String(instant % 1000).padStart(3, "0")}`;
}

function decimal(instant) {
  return (instant / 1000).toFixed(3);
}
