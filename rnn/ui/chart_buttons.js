// The buttons beneath a live chart, files to take away included: served as one script with live_chart.js, a part of which
// it is. A file holds the chart as it stands on the screen, zoom and hidden curves included, in the colours of the moment.

const FILES = { PNG: "picture", SVG: "drawing that scales", HTML: "page of its own, works offline" };
// An arrow into a tray.
const DOWNLOAD = { width: 24, height: 24, path: "M11 3h2v9l3.5-3.5 1.4 1.4L12 15.8 6.1 9.9l1.4-1.4L11 12zM4 15h2v4h12v-4h2v6H4z" };

/** Plotly's settings for a chart. A finger zooms by buttons, for where it drags the page must scroll. */
function settings(touch, { layout }, chart) {
  const zoom = touch ? ["zoomIn2d", "zoomOut2d"] : [];
  const whole = layout.xaxis?.range ? ["autoScale2d"] : []; // elsewhere the reset shows the whole already
  const download = { name: "Download", title: "Download this chart", icon: DOWNLOAD, click: () => chooseFile(chart) };
  return {
    displaylogo: false,
    displayModeBar: touch ? true : "hover",
    modeBarButtons: [[...zoom, "resetScale2d", ...whole, download]],
    doubleClick: "reset+autosize",
    scrollZoom: false,
    responsive: false,
    showTips: false,
  };
}

/** A menu of the kinds of file; closed by a choice, by Escape, or when the focus goes elsewhere. */
function chooseFile(chart) {
  const back = document.activeElement ?? chart.box.getRootNode().activeElement;
  const menu = chart.box.appendChild(element("div", "unroll-chart__menu"));
  let open = true;
  const close = () => {
    if (!open) return; // to remove what has the focus ends here again
    open = false;
    menu.remove();
  };
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", "Download this chart as");
  const items = Object.entries(FILES).map(([kind, words]) => {
    const item = menu.appendChild(element("button", ""));
    item.type = "button";
    item.setAttribute("role", "menuitem");
    item.append(Object.assign(element("b", ""), { textContent: kind }), ` ${words}`);
    item.addEventListener("click", () => {
      back?.focus(); // which takes the focus from the menu, and so closes it
      close();
      save(chart, kind.toLowerCase());
    });
    return item;
  });
  menu.addEventListener("focusout", ({ relatedTarget }) => menu.contains(relatedTarget) || close());
  menu.addEventListener("keydown", (event) => {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key !== "Escape" && !way) return;
    event.preventDefault();
    if (way) items.at((items.indexOf(event.target) + way) % items.length).focus();
    else back?.focus();
  });
  items[0].focus();
}

async function save(chart, kind) {
  const { plot, plotly, message } = chart;
  const name = (message.file || message.key).replace(/[^\p{L}\p{N}_]+/gu, "-").replace(/^-+|-+$/g, "");
  try {
    if (kind === "html") {
      offer(new Blob([await pageOf(chart)], { type: "text/html" }), `${name}.html`);
    } else {
      const { width, height } = plot._fullLayout;
      await plotly.downloadImage(plot, { format: kind, scale: kind === "png" ? 2 : 1, width, height, filename: name });
    }
  } catch (error) {
    console.error("The chart could not be saved.", error);
  }
}

function offer(blob, name) {
  const link = element("a", "");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The chart as a page of its own, with the drawing library inside. */
async function pageOf({ plot, plotlyUrl, message, box }) {
  const answer = await fetch(plotlyUrl); // the browser has it already
  if (!answer.ok) throw new Error(`${plotlyUrl}: ${answer.status}`);
  const { width, height, ...layout } = plot.layout;
  const look = readLook(box);
  const figure = { data: plot.data, layout: { ...layout, autosize: true } };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${asText(message.file || message.key)}</title>
<style>body { margin: 1rem; font: 15px/1.5 sans-serif; background: ${look.background}; color: ${look.text}; }
#chart { height: min(${Math.max(message.height, 420)}px, 80vh); } p { max-width: 60rem; opacity: 0.85; }</style>
</head>
<body>
<div id="chart" role="img" aria-label="${asText(message.alt)}"></div>
<p>${asText(message.alt)}</p>
<script>${await answer.text()}</script>
<script>
const figure = ${asScript(figure)};
Plotly.newPlot("chart", figure.data, figure.layout, { responsive: true, displaylogo: false });
</script>
</body>
</html>
`;
}

function asText(words) {
  const signs = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return words.replace(/[&<>"']/g, (sign) => signs[sign]);
}

/** A value as a script can hold it: arrays of numbers as lists, and no sign that could end the script. */
function asScript(value) {
  const plain = (key, item) => (ArrayBuffer.isView(item) ? Array.from(item) : item);
  return JSON.stringify(value, plain).replace(/</g, "\\u003c");
}
