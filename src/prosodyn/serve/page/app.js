// What happens when somebody drops, chooses, records or listens.

import { Live } from "./live.js";
import { Picture } from "./picture.js";
import * as service from "./service.js";
import { decode, openMicrophone, peaks, toWav } from "./sound.js";
import { NO_SPEECH, UNCERTAIN, caption, clock, percent, summary } from "./words.js";

const SHORT = 60; // seconds; a longer recording is followed as a job
const SHOWN = 60; // seconds of a live stream that are seen at a time
const N_BARS = 600;
const FORMATS = { json: "json", csv: "csv", srt: "srt", vtt: "vtt", rttm: "rttm", textgrid: "TextGrid", audacity: "txt" };

const $ = Object.fromEntries([...document.querySelectorAll("[id]")].map((element) => [element.id, element]));
const picture = new Picture($, (second, plays) => {
  if ($.player.hidden) return;
  $.player.currentTime = second;
  if (plays) $.player.play();
});
let stop = null;
let address = null;
let asked = 0; // which recording is being answered: a later one takes its place

$.place.textContent = location.host;
begin();

async function begin() {
  try {
    const model = await service.model();
    picture.colours = model.colours;
    $.model.textContent =
      `Answers come from the model “${model.name}” (${model.labels.join(", ")}; learnt from ` +
      `${model.corpora.join(", ")}; licence ${model.licence.split(". ")[0]}; prosodyn ${model.version}).`;
    $.token.hidden = true;
    say("");
  } catch (fault) {
    $.token.hidden = fault.status !== 401;
    if (fault.status !== 401) say(fault.message, true);
  }
}

$.token.addEventListener("submit", (event) => {
  event.preventDefault();
  service.rememberToken($["token-text"].value);
  begin();
});

$.choose.addEventListener("click", () => $.file.click());
$.file.addEventListener("change", () => {
  if ($.file.files.length) hear($.file.files[0], $.file.files[0].name);
  $.file.value = "";
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    $.drop.classList.toggle("over", kind === "dragover");
    const file = kind === "drop" && event.dataTransfer.files[0];
    if (file) hear(file, file.name);
  });
}

$.record.addEventListener("click", () => capture("Recording", record));
$.live.addEventListener("click", () => capture("Listening", listen));
$.stop.addEventListener("click", () => stop?.());

function say(text, isWrong = false) {
  $.status.textContent = text;
  $.status.classList.toggle("wrong", isWrong);
}

/** Answer a recording: its timeline, and where it is short, one answer with what is wrong with it. */
async function hear(file, name) {
  asked += 1;
  const mine = asked;
  const isMine = () => mine === asked;
  say(`Listening to ${name}…`);
  $.progress.hidden = false;
  $.progress.removeAttribute("value");
  try {
    const decoded = await decode(file);
    const duration = decoded?.duration ?? (await lasting(file));
    const answered = await answer(file, name, decoded, duration, (done, total) => {
      if (isMine() && total) $.progress.value = done / total;
    });
    if (!isMine()) return;
    const bars = decoded ? peaks(decoded.samples, N_BARS) : [];
    await show(answered, bars, file);
    say("");
  } catch (fault) {
    if (isMine()) say(fault.message, true);
  } finally {
    if (isMine()) $.progress.hidden = true;
  }
}

async function answer(file, name, decoded, duration, progress) {
  try {
    if (duration !== null && duration <= SHORT) {
      const [whole, timeline] = await Promise.all([service.predict(file, name), service.timeline(file, name)]);
      return { whole, timeline, inFormat: (format) => service.inFormat(file, name, format) };
    }
    const { id, timeline } = await service.job(file, name, progress);
    return { whole: null, timeline, inFormat: (format) => service.jobInFormat(id, format) };
  } catch (fault) {
    // what the service cannot read, the browser may have read
    if (fault.status !== 415 || decoded === null || file.type === "audio/wav") throw fault;
    return answer(toWav([decoded.samples], decoded.rate), name, decoded, duration, progress);
  }
}

/** Return how long a file lasts that is not decoded; null where the browser cannot tell. */
function lasting(file) {
  return new Promise((tell) => {
    const player = new Audio();
    const told = URL.createObjectURL(file);
    const done = (seconds) => {
      URL.revokeObjectURL(told);
      tell(Number.isFinite(seconds) ? seconds : null);
    };
    player.addEventListener("loadedmetadata", () => done(player.duration));
    player.addEventListener("error", () => done(null));
    player.src = told;
  });
}

async function show({ whole, timeline, inFormat }, bars, file) {
  $.answer.hidden = false;
  $.name.textContent = timeline.file;
  $.whole.textContent = inWords(whole, timeline);
  picture.show(0, timeline.duration, bars, timeline.segments);
  showLegend(timeline.segments);
  showRows(timeline.segments);
  showRemarks(whole, timeline);
  showDownloads(timeline.file, inFormat);
  await play(file);
  $.answer.focus({ preventScroll: true });
  $.answer.scrollIntoView({ block: "nearest" });
}

function inWords(whole, timeline) {
  const nSpoken = timeline.segments.filter(({ emotion }) => emotion !== NO_SPEECH).length;
  if (whole === null || nSpoken !== 1) return summary(timeline.segments, timeline.duration);
  if (whole.emotion !== UNCERTAIN) return `${whole.emotion}, ${percent(whole.confidence)} sure`;
  const others = whole.plausible.length > 1 ? whole.plausible : [whole.best_guess];
  return `uncertain, perhaps ${others.slice(0, 3).join(" or ")}`;
}

function showLegend(segments) {
  const labels = new Set(segments.map(({ best_guess: guess }) => guess).filter(Boolean));
  const items = [...labels].map((label) => listed(label, "", picture.colour(label)));
  if (segments.some(({ emotion }) => emotion === UNCERTAIN)) items.push(listed("uncertain", "uncertain"));
  if (segments.some(({ emotion }) => emotion === NO_SPEECH)) items.push(listed(NO_SPEECH, "silent"));
  $.legend.replaceChildren(...items);
}

function listed(text, kind = "", colour = "") {
  const item = document.createElement("li");
  item.textContent = text;
  if (kind) item.className = kind;
  if (colour) item.style.setProperty("--colour", colour);
  return item;
}

function showRows(segments) {
  $.rows.replaceChildren(
    ...segments.map((segment) => {
      const row = document.createElement("tr");
      const sure = segment.confidence === null ? "" : percent(segment.confidence);
      const words = caption(segment).replace(/ >?\d+ %$/, "");
      for (const text of [clock(segment.start), clock(segment.end), words, sure]) {
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

function showDownloads(name, inFormat) {
  const head = document.createElement("span");
  head.textContent = "Download:";
  const buttons = Object.entries(FORMATS).map(([format, ending]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = format;
    button.addEventListener("click", async () => {
      try {
        save(await inFormat(format), `${name.replace(/\.[^.]*$/, "")}.${ending}`);
      } catch (fault) {
        say(fault.message, true);
      }
    });
    return button;
  });
  $.downloads.replaceChildren(head, ...buttons);
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Offer a recording to be played; a browser that cannot play it shows the picture alone. */
function play(file) {
  if (address) URL.revokeObjectURL(address);
  $.now.textContent = "";
  picture.mark(null);
  return new Promise((done) => {
    const settle = (isPlayable) => {
      $.player.hidden = !isPlayable;
      done();
    };
    $.player.onloadedmetadata = () => settle(true);
    $.player.onerror = () => settle(false);
    address = URL.createObjectURL(file);
    $.player.src = address;
  });
}

function followPlayer() {
  const current = picture.mark($.player.currentTime);
  $.now.textContent = current ? caption(current) : "";
  if (!$.player.paused) requestAnimationFrame(followPlayer);
}
$.player.addEventListener("play", followPlayer);
$.player.addEventListener("seeked", followPlayer);

/** Hear the microphone until somebody stops it. */
async function capture(what, begins) {
  if (stop) return;
  say("");
  let took = 0;
  let taker = null;
  const early = [];
  const take = (samples) => {
    took += samples.length / taker.rate;
    $["capture-time"].textContent = clock(took);
    const power = samples.reduce((sum, each) => sum + each * each, 0) / samples.length;
    $.level.value = Math.min(1, 3 * Math.sqrt(power));
    taker.piece(samples);
  };
  try {
    const microphone = await openMicrophone((samples) => (taker ? take(samples) : early.push(samples)));
    taker = { rate: microphone.rate, ...begins(microphone.rate) };
    early.forEach(take);
    $["capture-what"].textContent = what;
    [$.drop.hidden, $.capture.hidden] = [true, false];
    $.stop.focus();
    stop = async () => {
      stop = null;
      await microphone.close();
      [$.drop.hidden, $.capture.hidden] = [false, true];
      await taker.end();
    };
  } catch (fault) {
    say(fault.message, true);
  }
}

function record(rate) {
  const pieces = [];
  return {
    piece: (samples) => pieces.push(samples),
    end: () => hear(toWav(pieces, rate), "recording.wav"),
  };
}

function listen(rate) {
  asked += 1;
  const bars = [];
  const live = new Live(rate, {
    changed: draw,
    state: (text) => say(text, Boolean(text)),
  });
  $.answer.hidden = false;
  $.name.textContent = "Live";
  $.player.hidden = true;
  for (const element of [$.remarks, $.downloads, $.rows]) element.replaceChildren();
  $.now.textContent = "";
  picture.mark(null);
  draw();

  function draw(from = Math.max(0, live.heard - SHOWN)) {
    const perSecond = 20;
    const shown = bars.slice(Math.round(from * perSecond));
    const empty = Math.max(0, SHOWN * perSecond - shown.length);
    const padded = [...shown, ...Array.from({ length: empty }, () => [0, 0])];
    picture.show(from, from + Math.max(SHOWN, live.heard - from), padded, live.segments);
    showLegend(live.segments);
    const last = live.segments.filter(({ emotion }) => emotion !== NO_SPEECH).at(-1);
    $.whole.textContent = last ? caption(last) : "Speak; the first answer takes some seconds.";
  }

  return {
    piece(samples) {
      bars.push(peaks(samples, 1)[0]);
      live.send(samples);
    },
    async end() {
      say("The last words are being heard…");
      await live.end();
      say("");
      draw(0);
      showRows(live.segments);
      $.whole.textContent = summary(live.segments, live.heard);
    },
  };
}
