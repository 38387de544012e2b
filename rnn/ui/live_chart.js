// One Plotly chart that lives as long as its place on the page: new numbers are drawn into it, it is never replaced.
// Python's half is live_chart.py, the format of the message chart_message.py; the lines that can be moved are chart_handles.js,
// the buttons beneath it chart_buttons.js.

const SENTENCE = "This chart could not be drawn, because its drawing library did not load. Reload the page to try again.";
const TYPES = { f4: Float32Array, f8: Float64Array, u2: Uint16Array, u4: Uint32Array };
const NARROW = 480; // pixels: below this, the layout of a phone
const FRAME_MS = 30; // so long charts are drawn before those that are drawn show; each takes 20 to 200
const charts = new WeakMap();
const waiting = new Set(); // the charts that have something to draw, first come, first drawn
let frame;
let plotlyPromise;

const STYLE = `
.unroll-chart { position: relative; width: 100%; overflow: hidden; font-family: var(--st-font, sans-serif); }
.unroll-chart .modebar-container { top: auto !important; bottom: 1.5rem; }
.unroll-chart .modebar { top: auto !important; bottom: -1.5rem !important; }
.unroll-chart .modebar-btn svg { display: block; }
.unroll-chart--empty .modebar-container { display: none; }
.unroll-chart--picks .nsewdrag { cursor: pointer; }
.unroll-chart .draglayer, .unroll-chart .draglayer * { touch-action: pan-y pinch-zoom; }
.unroll-chart__wait { position: absolute; inset: 0.5rem 0 1.5rem 0; border-radius: 0.25rem; opacity: 0.5;
  background: repeating-linear-gradient(to bottom, var(--st-border-color-light, rgba(128, 128, 128, 0.25)) 0 1px,
    transparent 1px 25%); animation: unroll-chart-wait 1.6s ease-in-out infinite alternate; }
.unroll-chart__sentence { position: absolute; inset: 0; display: flex; align-items: center; justify-content: center;
  padding: 1rem; text-align: center; color: var(--st-text-color, inherit); font-size: 0.875rem; }
.unroll-chart__handle { position: absolute; width: 25px; margin-left: -12px; cursor: ew-resize; touch-action: none;
  background: linear-gradient(currentColor, currentColor) center / 2px 100% no-repeat; color: var(--st-primary-color, #0b6b70); }
.unroll-chart__handle::before { content: "‹ ›"; position: absolute; top: 50%; left: 0; width: 25px; height: 24px; margin-top: -12px;
  border-radius: 6px; background: currentColor; }
.unroll-chart__handle::after { content: "‹ ›"; position: absolute; top: 50%; left: 0; width: 25px; height: 24px; margin-top: -12px;
  font: 600 12px/23px var(--st-font, sans-serif); text-align: center; color: var(--st-background-color, #fff); }
.unroll-chart__handle:focus-visible { outline: 2px solid currentColor; outline-offset: 1px; }
.unroll-chart__place { position: absolute; top: 2px; padding: 1px 6px; border-radius: 4px; white-space: nowrap; font-size: 0.75rem;
  pointer-events: none; background: var(--st-primary-color, #0b6b70); color: var(--st-background-color, #fff); }
.unroll-chart__place:empty { display: none; }
.unroll-chart__menu { position: absolute; right: 4px; bottom: 1.75rem; z-index: 5; display: flex; flex-direction: column; padding: 4px;
  border: 1px solid var(--st-border-color, #ccc); border-radius: 6px; background: var(--st-background-color, #fff); }
.unroll-chart__menu button { padding: 6px 10px; border: 0; border-radius: 4px; background: none; font: inherit; font-size: 0.875rem;
  text-align: left; color: var(--st-text-color, inherit); cursor: pointer; }
.unroll-chart__menu button:is(:hover, :focus-visible) { background: var(--st-secondary-background-color, rgba(128, 128, 128, 0.2)); }
@keyframes unroll-chart-wait { to { opacity: 0.15; } }
@media (prefers-reduced-motion: reduce) { .unroll-chart__wait { animation: none; } }
@media (pointer: coarse) { .unroll-chart .modebar-btn { padding: 4px 5px !important; } }
`;

/** Called by Streamlit for each message and each change of theme; returns what undoes the mount. */
export function draw({ data, parentElement, setStateValue, setTriggerValue }, plotlyUrl) {
  let chart = charts.get(parentElement);
  if (!chart) {
    chart = new LiveChart(parentElement, plotlyUrl);
    charts.set(parentElement, chart);
  }
  chart.setStateValue = setStateValue;
  chart.setTriggerValue = setTriggerValue;
  chart.take(data);
  // Streamlit calls this at the end, but also for a message that the next one overtook, where the chart must live on.
  return () => chart.endIfGone();
}

class LiveChart {
  constructor(parent, plotlyUrl) {
    this.parent = parent;
    this.plotlyUrl = plotlyUrl;
    this.addStyle();
    this.box = parent.appendChild(element("div", "unroll-chart"));
    this.box.setAttribute("role", "img");
    this.box.setAttribute("aria-busy", "true");
    this.plot = this.box.appendChild(element("div", "unroll-chart__plot"));
    this.wait = this.box.appendChild(element("div", "unroll-chart__wait"));
    this.sizes = new ResizeObserver(() => this.endIfGone() || this.schedule());
    this.sizes.observe(this.box);
    loadPlotly(plotlyUrl).then(
      (plotly) => {
        this.plotly = plotly;
        this.schedule();
      },
      () => this.say(SENTENCE),
    );
  }

  addStyle() {
    const root = this.parent.getRootNode();
    const place = root instanceof ShadowRoot ? root : document.head;
    if (!place.querySelector("style[data-unroll-chart]")) {
      const style = place.appendChild(element("style", ""));
      style.dataset.unrollChart = "";
      style.textContent = STYLE;
    }
  }

  take(bytes) {
    if (!bytes) return;
    const header = readHeader(bytes);
    if (header.version !== this.message?.version) {
      if (header.identity !== this.message?.identity) this.reported = undefined;
      this.message = { ...header, data: readArrays(header.data, bytes, header.bufferStart) };
      this.box.style.height = `${header.height}px`;
      this.box.setAttribute("aria-label", header.alt);
    }
    this.schedule();
  }

  /** At most one drawing a frame, of the newest numbers; a hidden tab draws nothing until it is looked at. */
  schedule() {
    waiting.add(this);
    frame ??= requestAnimationFrame(paintSome);
  }

  paint() {
    const width = Math.floor(this.box.clientWidth);
    if (!this.plotly || !this.message || !width) return;
    const look = readLook(this.box);
    const drawn = [this.message.version, width, JSON.stringify(look)].join();
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const layout = dress(structuredClone(this.message.layout), this.message, look, width);
    // Decided once, because Plotly starts afresh when its settings change.
    this.settings ??= settings(look.touch, this.message, this);
    this.box.classList.toggle("unroll-chart--empty", !this.message.data.length || Boolean(this.message.bare));
    this.box.classList.toggle("unroll-chart--picks", Boolean(this.message.picks));
    const done = this.plotly.react(this.plot, this.message.data, layout, this.settings);
    if (!this.mounted) this.firstPaint();
    count("__unrollUpdates", this.message.key);
    this.handles ??= new Handles(this);
    this.handles.show(this.message.handles ?? []);
    done.catch((error) => console.error("The chart could not be drawn.", error));
  }

  firstPaint() {
    this.mounted = true;
    count("__unrollMounts", this.message.key);
    this.wait.remove();
    this.box.removeAttribute("aria-busy");
    for (const event of ["plotly_relayout", "plotly_relayouting", "plotly_afterplot"]) {
      this.plot.on(event, () => this.handles?.place());
    }
    this.plot.on("plotly_click", (event) => reportPick(this, event));
    this.plot.on("plotly_relayout", (changed) => {
      // A shade that goes with its line is no other view; a report of it would run the page with the state before the move.
      if (Object.keys(changed ?? {}).every((key) => key.startsWith("shapes"))) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.reportView(), 80);
    });
  }

  /** Tells Python which part of x is on the screen, so that it can send that part in more detail. */
  reportView() {
    const axis = this.plot._fullLayout?.xaxis;
    if (!axis) return;
    const view = { identity: this.message.identity, ...(axis.autorange ? { whole: true } : readRange(axis)) };
    const text = JSON.stringify(view);
    if (text === this.reported) return;
    this.reported = text;
    this.setStateValue("view", view);
  }

  say(sentence) {
    this.wait.remove();
    this.box.removeAttribute("aria-busy");
    this.box.appendChild(element("div", "unroll-chart__sentence")).textContent = sentence;
  }

  endIfGone() {
    if (!this.box.isConnected) this.end();
    return !this.box.isConnected;
  }

  end() {
    clearTimeout(this.timer);
    waiting.delete(this);
    this.sizes.disconnect();
    if (this.mounted) this.plotly.purge(this.plot);
    this.mounted = false;
    this.box.remove();
    this.message = undefined;
    if (charts.get(this.parent) === this) charts.delete(this.parent);
  }
}

/** Draws waiting charts until the frame's time is up, at least one; the others follow once the browser has shown these. */
function paintSome() {
  frame = undefined;
  const end = performance.now() + FRAME_MS;
  try {
    for (const chart of waiting) {
      waiting.delete(chart);
      chart.paint();
      if (performance.now() > end) break;
    }
  } finally {
    if (waiting.size) frame ??= requestAnimationFrame(paintSome);
  }
}

function loadPlotly(url) {
  plotlyPromise ??= new Promise((resolve, reject) => {
    const script = element("script", "");
    script.src = url;
    script.async = true;
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : reject(new Error(url)));
    script.onerror = () => reject(new Error(url));
    document.head.appendChild(script);
  });
  return plotlyPromise;
}

function readHeader(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  return { ...header, bufferStart: 4 + length };
}

/** Puts the arrays back where Python left {"$": […]} in their place, and {"=": [item, times]} for the same over and over. */
function readArrays(node, bytes, bufferStart) {
  if (Array.isArray(node)) return node.map((item) => readArrays(item, bytes, bufferStart));
  if (!node || typeof node !== "object") return node;
  if (node.$) return readArray(node.$, bytes, bufferStart);
  if (node["="]) return new Array(node["="][1]).fill(readArrays(node["="][0], bytes, bufferStart));
  return Object.fromEntries(Object.entries(node).map(([name, item]) => [name, readArrays(item, bytes, bufferStart)]));
}

function readArray([type, count, place, start, step], bytes, bufferStart) {
  if (type === "range") return Float64Array.from({ length: count }, (_, k) => start + step * k);
  const from = bufferStart + place;
  // A copy, because a typed array must begin at a multiple of its item's size and the message begins anywhere.
  const raw = new TYPES[type](bytes.slice(from, from + count * TYPES[type].BYTES_PER_ELEMENT).buffer);
  return step === undefined ? raw : Float64Array.from(raw, (k) => start + step * k);
}

function readRange(axis) {
  const [lo, hi] = axis.range.map((bound) => axis.r2c(bound)); // milliseconds for dates, plain numbers else
  return { lo: Math.min(lo, hi), hi: Math.max(lo, hi), date: axis.type === "date" };
}

/** The theme of the moment, from the variables that Streamlit sets around each component. */
function readLook(box) {
  const style = getComputedStyle(box);
  const variable = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  return {
    text: variable("--st-text-color", "#31333f"),
    background: variable("--st-background-color", "#ffffff"),
    quiet: variable("--st-gray-text-color", "#808080"),
    line: variable("--st-border-color", "rgba(128, 128, 128, 0.4)"),
    grid: variable("--st-border-color-light", "rgba(128, 128, 128, 0.2)"),
    font: variable("--st-font", "sans-serif"),
    touch: matchMedia("(pointer: coarse)").matches,
  };
}

/** Gives the figure the page's font and colours, the width of its place, and what keeps a user's zoom and toggles. */
function dress(layout, message, look, width) {
  const narrow = width < NARROW;
  const size = narrow ? 11 : 12;
  Object.assign(layout, { width, height: message.height, autosize: false, uirevision: message.identity });
  layout.paper_bgcolor = look.background; // a downloaded picture needs one, and so does the halo of the pointer line
  layout.plot_bgcolor = "rgba(0,0,0,0)";
  layout.font = { family: look.font, size, color: look.text, ...layout.font };
  layout.legend = { bgcolor: "rgba(0,0,0,0)", ...layout.legend, font: { size, color: look.text } };
  layout.hoverlabel = { bgcolor: look.background, bordercolor: look.line, namelength: -1, ...layout.hoverlabel };
  layout.hoverlabel.font = { family: look.font, size, color: look.text };
  layout.modebar = { bgcolor: "rgba(0,0,0,0)", color: look.quiet, activecolor: look.text, orientation: "h" };
  // A finger that drags must scroll the page; it zooms by the buttons.
  layout.dragmode = look.touch ? false : (layout.dragmode ?? "zoom");
  for (const note of layout.annotations ?? []) note.bgcolor ??= look.background;
  layout.xaxis ??= {};
  layout.yaxis ??= {};
  for (const name of Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key))) {
    dressAxis(layout[name], message.identity, look, narrow);
  }
  return layout;
}

function dressAxis(axis, identity, look, narrow) {
  const given = { ...axis };
  const title = axis.title?.text ?? "";
  Object.assign(axis, { gridcolor: look.grid, zerolinecolor: look.grid, linecolor: look.line, tickcolor: look.line });
  Object.assign(axis, given, { automargin: true });
  if (narrow) axis.nticks = Math.min(axis.nticks || 6, 6);
  // Other units or a log scale make the old zoom meaningless, so they begin a new one.
  axis.uirevision = [identity, axis.type ?? "", title].join("|");
}

function element(tag, className) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  return made;
}

/** Public counters by chart, for tests and benchmarks: window.__unrollMounts[key], window.__unrollUpdates[key]. */
function count(name, key) {
  const counts = (window[name] ??= {});
  counts[key] = (counts[key] ?? 0) + 1;
}
