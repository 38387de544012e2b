// Draws the figures in the reader's colours, and again where those change: another scheme, or paper.
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function dressed(layout) {
  const made = structuredClone(layout);
  const [text, line] = [colour("--text"), colour("--line")];
  Object.assign(made, { autosize: true, paper_bgcolor: colour("--page"), plot_bgcolor: "rgba(0,0,0,0)" });
  made.font = { family: getComputedStyle(document.body).fontFamily, size: 12, ...made.font, color: text };
  made.legend = { ...made.legend, bgcolor: "rgba(0,0,0,0)" };
  made.hoverlabel = { bgcolor: colour("--page"), bordercolor: line, font: { color: text }, namelength: -1 };
  for (const name of new Set(["xaxis", "yaxis", ...Object.keys(made).filter((key) => /^[xy]axis\d*$/.test(key))])) {
    made[name] = { gridcolor: line, zerolinecolor: line, linecolor: line, tickcolor: line, ...made[name], automargin: true };
  }
  return made;
}

function draw() {
  figures.forEach(({ data, layout }, k) => {
    const settings = { responsive: true, displaylogo: false, modeBarButtons: [["resetScale2d", "toImage"]] };
    Plotly.react(`chart-${k}`, data, dressed(layout), settings);
  });
}

draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
matchMedia("print").addEventListener("change", draw);
