// A waveform, and the ribbon of emotions below it; what is too dense is drawn wider than the page, and scrolled.

import { colourOf, inkOn, letterOf } from "./colours.js";
import { NO_SPEECH, NOT_HEARD, UNCERTAIN, captionWithTimes, clock, isSpoken } from "./words.js";

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600]; // seconds between marks of the axis
const DENSE = 12; // pixels of a segment, on average; below that nobody can tap one
const AIRY = 48;
const CLOSEST = 2; // seconds in view
const CHAR = 7.5; // pixels, about

export class Picture {
  /** Draw into the elements of the page; `choose` is told the second that somebody picks. */
  constructor(elements, choose) {
    Object.assign(this, elements);
    this.choose = choose;
    Object.assign(this, { start: 0, end: 1, zoom: 1, bars: [], perSecond: 1, segments: [], items: [], reach: 0 });
    this.ribbon.addEventListener("keydown", (event) => this.#walk(event));
    this.ribbon.addEventListener("focusin", ({ target }) => {
      this.reach = this.items.find(({ item }) => item.contains(target))?.place ?? this.reach;
    });
    this.waveform.addEventListener("click", ({ offsetX }) => {
      this.choose(this.from + (offsetX / this.waveform.clientWidth) * (this.to - this.from));
    });
    this.closer.addEventListener("click", () => this.zoomTo(2 * this.zoom));
    this.wider.addEventListener("click", () => this.zoomTo(this.zoom / 2));
    this.scroller.addEventListener("scroll", () => this.#draw());
    new ResizeObserver(() => this.#draw()).observe(this.scroller);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  /** Show all that was heard; where there is much, so near that a segment can be tapped. */
  show(duration, bars, segments) {
    const perSecond = bars.length / Math.max(duration, 0.001);
    this.#take({ start: 0, end: Math.max(duration, 0.001), bars, perSecond, segments, reach: 0 });
    const width = this.scroller.clientWidth / Math.max(1, segments.length);
    this.zooming.hidden = this.#closest < 2;
    this.scroller.scrollLeft = 0;
    this.zoomTo(width < DENSE ? AIRY / Math.max(width, 0.1) : 1, 0);
  }

  /** Show the seconds from `start` to `end` of what goes on; the bars begin at second 0. */
  follow(start, end, bars, perSecond, segments) {
    this.#take({ start, end, bars, perSecond, segments });
    this.zooming.hidden = true;
    this.zoom = 1;
    this.strip.style.setProperty("--zoom", 1);
    this.#draw();
  }

  /** Mark the moment that is being played, and keep it in view; null for none. Return its segment. */
  mark(second) {
    const wasSeen = this.marked !== undefined && this.marked >= this.from && this.marked <= this.to;
    this.marked = second ?? undefined;
    if (second === null) {
      this.playhead.hidden = true;
      this.#markCurrent();
      return null;
    }
    if (wasSeen && (second < this.from || second > this.to)) this.#reveal(second);
    this.#markCurrent();
    return this.segments.find(({ start, end }) => start <= second && second < end) ?? null;
  }

  /** Show it `zoom` times as wide as the page, around a second. */
  zoomTo(zoom, around = this.marked ?? (this.from + this.to) / 2) {
    this.zoom = Math.min(Math.max(1, zoom), this.#closest);
    this.strip.style.setProperty("--zoom", this.zoom);
    this.wider.disabled = this.zoom === 1;
    this.closer.disabled = this.zoom === this.#closest;
    const share = (around - this.start) / (this.end - this.start) - 1 / (2 * this.zoom);
    this.scroller.scrollLeft = share * this.strip.clientWidth;
    this.#draw();
  }

  get from() {
    return this.start + (this.end - this.start) * (this.scroller.scrollLeft / (this.strip.clientWidth || 1));
  }

  get to() {
    return this.from + (this.end - this.start) / this.zoom;
  }

  get #closest() {
    return Math.max(1, (this.end - this.start) / CLOSEST);
  }

  #take(shown) {
    Object.assign(this, shown);
    this.loudest = 0.05;
    for (const [low, high] of this.bars.slice(Math.floor(this.start * this.perSecond))) {
      this.loudest = Math.max(this.loudest, -low, high);
    }
    this.waveform.hidden = this.bars.length === 0;
  }

  #place(second) {
    return `${(100 * (second - this.from)) / (this.to - this.from)}%`;
  }

  #draw() {
    this.#drawWaveform();
    this.#drawRibbon();
    this.#drawAxis();
    this.#markCurrent();
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
    const [first, shown] = [this.from * this.perSecond, (this.to - this.from) * this.perSecond];
    const n = Math.min(width, Math.ceil(shown)); // bars that are drawn: one a pixel at most
    for (let at = 0; at < n; at += 1) {
      let [low, high] = [0, 0];
      const until = Math.max(first + ((at + 1) * shown) / n, Math.floor(first + (at * shown) / n) + 1);
      for (let place = Math.floor(first + (at * shown) / n); place < until; place += 1) {
        const bar = this.bars[place] ?? [0, 0];
        [low, high] = [Math.min(low, bar[0]), Math.max(high, bar[1])];
      }
      const y = (1 - high / this.loudest) * (height / 2);
      const tall = ((high - low) / this.loudest) * (height / 2);
      pen.fillRect((at * width) / n, y, Math.max(0.6, width / n), Math.max(1, tall));
    }
  }

  #drawRibbon() {
    const isFocused = this.ribbon.contains(document.activeElement);
    const [from, to] = [this.from, this.to];
    this.items = [];
    this.segments.forEach((segment, place) => {
      if (segment.end <= from || segment.start >= to) return;
      this.items.push({ segment, place, item: this.#item(segment, place) });
    });
    this.ribbon.replaceChildren(...this.items.map(({ item }) => item));
    const reached = (this.items.find(({ place }) => place === this.reach) ?? this.items[0])?.item.firstChild;
    if (reached) reached.tabIndex = 0;
    if (isFocused) reached?.focus({ preventScroll: true });
  }

  #item(segment, place) {
    const [item, button] = [document.createElement("li"), document.createElement("button")];
    const [start, end] = [Math.max(segment.start, this.from), Math.min(segment.end, this.to)];
    const colour = colourOf(segment.best_guess);
    const places = { left: this.#place(start), width: this.#place(this.from + end - start), colour, on: inkOn(colour) };
    for (const [name, value] of Object.entries(places)) item.style.setProperty(`--${name}`, value);
    item.classList.toggle("uncertain", segment.emotion === UNCERTAIN);
    item.classList.toggle("silent", segment.emotion === NO_SPEECH);
    item.classList.toggle("unheard", segment.emotion === NOT_HEARD);
    item.classList.toggle("provisional", Boolean(segment.provisional));
    item.setAttribute("aria-setsize", this.segments.length);
    item.setAttribute("aria-posinset", place + 1);
    button.type = "button";
    button.tabIndex = -1;
    button.title = captionWithTimes(segment);
    button.setAttribute("aria-label", captionWithTimes(segment));
    const word = document.createElement("span");
    word.textContent = fitting(segment, ((end - start) / (this.to - this.from)) * this.scroller.clientWidth);
    if (word.textContent) button.append(word);
    button.addEventListener("click", () => this.choose(segment.start, true));
    item.append(button);
    return item;
  }

  #markCurrent() {
    const second = this.marked;
    const isSeen = second !== undefined && second >= this.from && second <= this.to;
    this.playhead.hidden = !isSeen;
    if (isSeen) this.playhead.style.setProperty("--left", this.#place(second));
    for (const { item, segment } of this.items) {
      item.classList.toggle("current", segment.start <= second && second < segment.end);
    }
  }

  #reveal(second) {
    const share = (second - this.start) / (this.end - this.start) - 0.1 / this.zoom;
    this.scroller.scrollLeft = share * this.strip.clientWidth;
    this.#draw();
  }

  #walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (!step || !this.segments.length) return;
    event.preventDefault();
    this.reach = Math.max(0, Math.min(this.segments.length - 1, this.reach + step));
    const segment = this.segments[this.reach];
    if (segment.start < this.from || segment.end > this.to) this.#reveal(segment.start);
    for (const { item, place } of this.items) item.firstChild.tabIndex = place === this.reach ? 0 : -1;
    this.items.find(({ place }) => place === this.reach)?.item.firstChild.focus({ preventScroll: true });
    this.choose(segment.start);
  }

  #drawAxis() {
    const length = this.to - this.from;
    const fits = Math.max(2, this.scroller.clientWidth / 70);
    const step = STEPS.find((each) => length / each <= fits) ?? 3600 * Math.ceil(length / 3600 / fits);
    const marks = [];
    for (let second = Math.ceil(this.from / step) * step; second <= this.to - step * 0.3; second += step) {
      const mark = document.createElement("span");
      mark.textContent = clock(second);
      mark.style.setProperty("--left", this.#place(second));
      mark.classList.toggle("first", second - this.from < step * 0.3);
      marks.push(mark);
    }
    this.axis.replaceChildren(...marks);
  }
}

/** Return what is written on a segment of some pixels: a word, a letter or nothing. */
function fitting(segment, width) {
  if (segment.emotion === NO_SPEECH) return "";
  const mark = segment.emotion === UNCERTAIN ? "?" : "";
  const words = isSpoken(segment) ? [segment.best_guess, letterOf(segment.best_guess)] : [segment.emotion, "×"];
  const fits = words.map((word) => word + mark).find((word) => word.length * CHAR + 8 <= width);
  return fits ?? "";
}
