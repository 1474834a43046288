// A waveform, and the ribbon of emotions below it.

import { NO_SPEECH, UNCERTAIN, caption, captionWithTimes, clock } from "./words.js";

const DARK = matchMedia("(prefers-color-scheme: dark)");
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

export class Picture {
  /** Draw into the elements of the page; `choose` is told the second that somebody picks. */
  constructor(elements, choose) {
    Object.assign(this, elements);
    this.choose = choose;
    this.colours = {};
    this.from = 0;
    this.to = 1;
    this.bars = [];
    this.items = [];
    this.segments = [];
    this.ribbon.addEventListener("keydown", (event) => this.#walk(event));
    this.waveform.addEventListener("click", ({ offsetX }) => {
      this.choose(this.from + (offsetX / this.waveform.clientWidth) * (this.to - this.from));
    });
    new ResizeObserver(() => this.#drawWaveform()).observe(this.waveform);
    DARK.addEventListener("change", () => this.show(this.from, this.to, this.bars, this.segments));
  }

  /** Show the seconds from `from` to `to`: bars of the waveform, and segments. */
  show(from, to, bars, segments) {
    [this.from, this.to, this.bars, this.segments] = [from, Math.max(to, from + 0.001), bars, segments];
    this.waveform.hidden = bars.length === 0;
    this.#drawWaveform();
    this.#drawRibbon();
    this.#drawAxis();
  }

  /** Mark the moment that is being played; null for none. Return its segment. */
  mark(second) {
    this.playhead.hidden = second === null;
    if (second !== null) this.playhead.style.setProperty("--left", this.#place(second));
    let current = null;
    for (const { item, segment } of this.items) {
      const isCurrent = second !== null && segment.start <= second && second < segment.end;
      item.classList.toggle("current", isCurrent);
      if (isCurrent) current = segment;
    }
    return current;
  }

  /** Return the colour of a label: a little lighter on a dark ground, so that it stands out there, too. */
  colour(label) {
    const own = this.colours[label] ?? "#888888";
    return DARK.matches ? lighter(own) : own;
  }

  #place(second) {
    return `${(100 * (second - this.from)) / (this.to - this.from)}%`;
  }

  #drawWaveform() {
    const { clientWidth: width, clientHeight: height } = this.waveform;
    if (!width) return;
    const scale = devicePixelRatio || 1;
    this.waveform.width = width * scale;
    this.waveform.height = height * scale;
    const pen = this.waveform.getContext("2d");
    pen.scale(scale, scale);
    pen.fillStyle = getComputedStyle(this.waveform).getPropertyValue("--wave");
    const loudest = Math.max(0.05, ...this.bars.map(([low, high]) => Math.max(-low, high)));
    this.bars.forEach(([low, high], at) => {
      const [x, next] = [at, at + 1].map((each) => (each * width) / this.bars.length);
      const y = (1 - high / loudest) * (height / 2);
      pen.fillRect(x, y, Math.max(0.6, next - x), Math.max(1, ((high - low) / loudest) * (height / 2)));
    });
  }

  #drawRibbon() {
    const focused = this.items.findIndex(({ item }) => item.contains(document.activeElement));
    const shown = this.segments.filter(({ start, end }) => end > this.from && start < this.to);
    this.items = shown.map((segment) => ({ segment, item: this.#item(segment) }));
    this.ribbon.replaceChildren(...this.items.map(({ item }) => item));
    const reachable = this.items[Math.max(0, focused)]?.item.firstChild;
    if (reachable) reachable.tabIndex = 0;
    if (focused >= 0) reachable?.focus();
  }

  #item(segment) {
    const [item, button] = [document.createElement("li"), document.createElement("button")];
    const start = Math.max(segment.start, this.from);
    item.style.setProperty("--left", this.#place(start));
    item.style.setProperty("--width", this.#place(this.from + Math.min(segment.end, this.to) - start));
    const colour = this.colour(segment.best_guess);
    item.style.setProperty("--colour", colour);
    item.style.setProperty("--on", isDark(colour) ? "#ffffff" : "#1f2733");
    item.classList.toggle("uncertain", segment.emotion === UNCERTAIN);
    item.classList.toggle("silent", segment.emotion === NO_SPEECH);
    item.classList.toggle("provisional", Boolean(segment.provisional));
    button.type = "button";
    button.tabIndex = -1;
    button.textContent = segment.emotion === UNCERTAIN ? `${segment.best_guess}?` : segment.emotion;
    button.title = captionWithTimes(segment);
    button.setAttribute("aria-label", captionWithTimes(segment));
    button.addEventListener("click", () => this.choose(segment.start, true));
    item.append(button);
    return item;
  }

  #walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = this.items.findIndex(({ item }) => item.contains(document.activeElement));
    const next = Math.max(0, Math.min(this.items.length - 1, at + step));
    this.items.forEach(({ item }, place) => { item.firstChild.tabIndex = place === next ? 0 : -1; });
    this.items[next]?.item.firstChild.focus();
    this.choose(this.items[next]?.segment.start ?? 0);
  }

  #drawAxis() {
    const length = this.to - this.from;
    const fitting = Math.max(2, this.ribbon.clientWidth / 70);
    const step = STEPS.find((each) => length / each <= fitting) ?? 3600 * Math.ceil(length / 3600 / fitting);
    const marks = [];
    for (let second = Math.ceil(this.from / step) * step; second <= this.to - step * 0.3; second += step) {
      const mark = document.createElement("span");
      mark.textContent = clock(second);
      mark.style.setProperty("--left", this.#place(second));
      marks.push(mark);
    }
    this.axis.replaceChildren(...marks);
  }
}

/** Return a colour, a third of the way to white. */
function lighter(colour) {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `#${parts.map((part) => Math.round(part + (255 - part) / 3).toString(16).padStart(2, "0")).join("")}`;
}

/** Tell whether white can be read on a colour better than ink. */
function isDark(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => (parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.2;
}
