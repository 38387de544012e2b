// What a user takes hold of in a live chart: served as one script with live_chart.js, which it is a part of.

/** Tells Python which point or cell was clicked, where the page has asked for it. */
function reportPick(chart, event) {
  const point = event?.points?.[0];
  if (!point || !chart.message?.picks) return;
  const { x, y, curveNumber: trace } = point;
  chart.setTriggerValue("picked", { x, y, trace, identity: chart.message.identity });
}

const TELL_EVERY = 160; // milliseconds, while a line moves that tells as it goes

/** Vertical lines that a pointer or the arrow keys move along x; where one comes to rest is told to Python. */
class Handles {
  constructor(chart) {
    this.chart = chart;
    this.lines = new Map(); // name → {spec, line, place}
  }

  show(specs) {
    const names = new Set(specs.map((spec) => spec.name));
    for (const [name, one] of this.lines) {
      if (names.has(name)) continue;
      one.line.remove();
      one.place.remove();
      this.lines.delete(name);
    }
    for (const spec of specs) {
      const one = this.lines.get(spec.name) ?? this.add(spec.name);
      // What is under way in the hand is newer than what Python knows.
      if (!one.held && !one.timer) Object.assign(one, { spec, at: spec.at, told: spec.at });
    }
    this.place();
  }

  add(name) {
    const line = this.chart.box.appendChild(element("div", "unroll-chart__handle"));
    const one = { line, place: this.chart.box.appendChild(element("div", "unroll-chart__place")) };
    line.tabIndex = 0;
    line.dataset.handle = name;
    line.setAttribute("role", "slider");
    line.addEventListener("pointerdown", (event) => this.hold(one, event));
    line.addEventListener("keydown", (event) => this.step(one, event));
    this.lines.set(name, one);
    return one;
  }

  hold(one, event) {
    event.preventDefault();
    one.line.focus();
    one.held = true;
    one.line.setPointerCapture(event.pointerId);
    const move = (moved) => {
      const { axis } = this.frame();
      const pixels = moved.clientX - this.chart.box.getBoundingClientRect().left - axis._offset;
      this.moveTo(one, axis.p2c(pixels));
    };
    const release = () => {
      one.line.removeEventListener("pointermove", move);
      one.held = false;
      this.rest(one);
    };
    one.line.addEventListener("pointermove", move);
    one.line.addEventListener("lostpointercapture", release, { once: true });
  }

  step(one, event) {
    const { low, high, stops } = one.spec;
    const way = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    const to = { Home: low, End: high }[event.key] ?? (way && (stops ? stopBeside(stops, one.at, way) : one.at + way * one.spec.step));
    if (to === undefined) return;
    event.preventDefault();
    this.moveTo(one, to);
    clearTimeout(one.timer);
    one.timer = setTimeout(() => this.rest(one), 400);
  }

  moveTo(one, at) {
    const within = Math.min(Math.max(at, one.spec.low), one.spec.high);
    const to = one.spec.stops ? nearestStop(one.spec.stops, within) : within;
    this.moveShades(one.at, to);
    one.at = to;
    one.moving = true;
    this.place();
    if (one.spec.live) one.telling ??= setTimeout(() => this.tell(one, true), TELL_EVERY);
  }

  /** on: whether the line is still moving. */
  tell(one, on) {
    clearTimeout(one.telling);
    one.telling = undefined;
    const told = one.told ?? one.spec.at;
    if (one.at === told && (on || !one.toldOn)) return;
    Object.assign(one, { told: one.at, toldOn: on });
    this.chart.setTriggerValue("moved", { name: one.spec.name, at: one.at, on });
  }

  /** What is shaded up to the line goes with it; the exact picture comes from Python once it rests. */
  moveShades(from, to) {
    const { axis, layout } = this.frame();
    const near = (value) => Math.abs(axis.c2p(axis.r2c(value)) - axis.c2p(from)) < 1.5;
    const changes = {};
    (layout.shapes ?? []).forEach((shape, k) => {
      for (const end of ["x0", "x1"]) {
        if (shape.type === "rect" && near(shape[end])) changes[`shapes[${k}].${end}`] = axis.c2d?.(to) ?? to;
      }
    });
    if (Object.keys(changes).length) this.chart.plotly.relayout(this.chart.plot, changes);
  }

  rest(one) {
    one.moving = false;
    one.timer = undefined;
    one.place.textContent = "";
    this.tell(one, false);
  }

  frame() {
    const layout = this.chart.plot._fullLayout;
    return { axis: layout?.xaxis, layout, size: layout?._size };
  }

  place() {
    const { axis, size } = this.frame();
    if (!axis || !size || !this.lines.size) return;
    for (const { spec, line, place, at, moving } of this.lines.values()) {
      const pixels = axis.c2p(at);
      const shown = pixels >= -1 && pixels <= axis._length + 1;
      const left = `${axis._offset + pixels}px`;
      Object.assign(line.style, { left, top: `${size.t}px`, height: `${size.h}px`, display: shown ? "" : "none" });
      const words = axis.type === "date" ? dateInWords(at, spec.step) : String(Math.round(at));
      place.textContent = moving ? words : "";
      const over = pixels > axis._length / 2; // the note stands on the side that has room
      Object.assign(place.style, { left, transform: over ? "translateX(calc(-100% - 6px))" : "translateX(6px)" });
      line.setAttribute("aria-label", spec.label);
      line.setAttribute("aria-valuemin", spec.low);
      line.setAttribute("aria-valuemax", spec.high);
      line.setAttribute("aria-valuenow", at);
      line.setAttribute("aria-valuetext", words);
    }
  }
}

function nearestStop(stops, at) {
  return stops.reduce((best, stop) => (Math.abs(stop - at) < Math.abs(best - at) ? stop : best));
}

/** The stop that is so many stops further on. */
function stopBeside(stops, at, way) {
  const to = stops.indexOf(nearestStop(stops, at)) + way;
  return stops[Math.min(Math.max(to, 0), stops.length - 1)];
}

function dateInWords(milliseconds, step) {
  const text = new Date(milliseconds).toISOString();
  return step < 86_400_000 ? text.slice(0, 16).replace("T", " ") : text.slice(0, 10);
}
