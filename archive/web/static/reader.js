// The PDF viewer: one page, drawn by pdf.js over its picture, with what was looked for marked.
// Without this script, or where pdf.js fails, the picture stays, and links turn the pages.
import { getDocument, GlobalWorkerOptions, TextLayer } from "./vendor/pdf.min.mjs";

GlobalWorkerOptions.workerSrc = new URL("./vendor/pdf.worker.min.mjs", import.meta.url).href;

const MOST_PIXELS = 16_000_000;
const reading = document.getElementById("reading");
const leaf = document.getElementById("leaf");
const sheet = document.getElementById("sheet");
let zoom = 1;
let turning = 0;

const opened = getDocument({
  url: leaf.dataset.file,
  length: Number(leaf.dataset.size),
  rangeChunkSize: 131_072,
  disableAutoFetch: true,
  disableStream: true,
  enableXfa: false,
  useWorkerFetch: false,
  wasmUrl: new URL("./vendor/", import.meta.url).href,
  verbosity: 0,
}).promise;

async function draw() {
  const turn = ++turning;
  const page = await (await opened).getPage(Number(reading.dataset.page));
  const scale = (zoom * leaf.clientWidth) / page.getViewport({ scale: 1 }).width;
  const viewport = page.getViewport({ scale });
  const canvas = document.createElement("canvas");
  const most = Math.sqrt(MOST_PIXELS / (viewport.width * viewport.height));
  const density = Math.min(window.devicePixelRatio || 1, most);
  canvas.width = Math.floor(viewport.width * density);
  canvas.height = Math.floor(viewport.height * density);
  canvas.style.width = `${viewport.width}px`;
  canvas.style.height = `${viewport.height}px`;
  canvas.setAttribute("aria-hidden", "true");
  await page.render({ canvas, viewport, transform: [density, 0, 0, density, 0, 0] }).promise;
  const layer = document.createElement("div");
  layer.className = "textLayer";
  const content = await page.getTextContent();
  const text = new TextLayer({ textContentSource: content, container: layer, viewport });
  sheet.style.setProperty("--total-scale-factor", scale);
  await text.render();
  if (turn !== turning) return;
  mark(content.items, text.textDivs, JSON.parse(reading.dataset.words));
  sheet.replaceChildren(canvas, layer);
  reading.dataset.drawn = reading.dataset.page;
  const first = layer.querySelector("mark");
  const place = first ? first.getBoundingClientRect().top - leaf.getBoundingClientRect().top : 0;
  leaf.scrollTop += place ? place - leaf.clientHeight / 3 : -leaf.scrollTop;
}

// Marks whole words, whatever their accents, ligatures, and the ends of lines between.
function mark(items, spans, words) {
  const pieces = items.filter((item) => item.str !== undefined);
  const text = [], places = [];
  const put = (letters, place) => {
    for (const letter of letters) {
      if (letter === " " && text.at(-1) === " ") continue;
      text.push(letter);
      places.push(place);
    }
  };
  pieces.forEach((piece, number) => {
    const divided = piece.hasEOL && /[-\u00ad\u2010]$/.test(piece.str) && /^\p{Ll}/u.test(pieces.slice(number + 1).find((next) => next.str)?.str ?? "");
    const end = piece.str.length - (divided ? 1 : 0);
    for (let at = 0; at < end; at += 1) put(folded(piece.str[at]), { number, at });
    if (piece.hasEOL && !divided) put(" ", null);
  });
  const whole = text.join("");
  const marked = new Map();
  for (const word of new Set(words.map((each) => [...each].map(folded).join("").replace(/ +/g, " ").trim()))) {
    if (!word) continue;
    for (let at = whole.indexOf(word); at >= 0; at = whole.indexOf(word, at + 1)) {
      const around = (whole[at - 1] ?? " ") + (whole[at + word.length] ?? " ");
      if (/[\p{L}\p{N}]/u.test(around)) continue;
      for (const place of places.slice(at, at + word.length)) {
        if (!place) continue;
        if (!marked.has(place.number)) marked.set(place.number, new Set());
        marked.get(place.number).add(place.at);
      }
    }
  }
  for (const [number, letters] of marked) fill(spans[number], pieces[number].str, letters);
}

function folded(letter) {
  if (/\s/.test(letter)) return " ";
  if (letter === "\u00ad") return "";
  if (letter === "’") return "'";
  return letter.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace("œ", "oe").replace("æ", "ae");
}

function fill(span, text, letters) {
  const parts = [];
  for (let at = 0; at < text.length; at += 1) {
    const isMarked = letters.has(at);
    if (parts.at(-1)?.isMarked === isMarked) parts.at(-1).text += text[at];
    else parts.push({ isMarked, text: text[at] });
  }
  span.replaceChildren(...parts.map((part) => {
    if (!part.isMarked) return part.text;
    const found = document.createElement("mark");
    found.textContent = part.text;
    return found;
  }));
}

// Turning pages: the document stays open, what stands beside it comes from the server.
async function turnTo(href, isNew = true) {
  let page;
  try {
    const answer = await fetch(href);
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    location.assign(href);
    return;
  }
  const next = page.getElementById("reading");
  if (!next || next.querySelector("#leaf").dataset.file !== leaf.dataset.file) {
    location.assign(href);
    return;
  }
  const focused = document.activeElement?.getAttribute?.("aria-label");
  if (isNew) history.pushState(null, "", href);
  document.title = page.title;
  for (const part of [".tools", ".beside"]) {
    reading.querySelector(part).replaceWith(next.querySelector(part));
  }
  document.querySelector(".languages").replaceWith(page.querySelector(".languages"));
  reading.dataset.page = next.dataset.page;
  reading.dataset.words = next.dataset.words;
  leaf.setAttribute("aria-label", next.querySelector("#leaf").getAttribute("aria-label"));
  document.getElementById("zoom").hidden = false;
  if (focused && document.activeElement === document.body) {
    [...reading.querySelectorAll(".turn")].find((link) => link.getAttribute("aria-label") === focused)?.focus();
  }
  await draw();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.turn");
  if (link && !(event.metaKey || event.ctrlKey || event.shiftKey || event.button)) {
    event.preventDefault();
    turnTo(link.href);
  }
  const button = event.target.closest("button[data-zoom]");
  if (!button) return;
  const steps = { smaller: zoom / 1.25, larger: zoom * 1.25, fit: 1 };
  zoom = Math.min(Math.max(steps[button.dataset.zoom], 0.5), 4);
  draw();
});
leaf.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const rel = { ArrowLeft: "prev", PageUp: "prev", ArrowRight: "next", PageDown: "next" }[event.key];
  const link = rel && reading.querySelector(`.tools a[rel=${rel}]`);
  if (!link || (event.key.startsWith("Arrow") && leaf.scrollWidth > leaf.clientWidth)) return;
  event.preventDefault();
  turnTo(link.href);
});
window.addEventListener("popstate", () => turnTo(location.href, false));
let waiting;
let wide = leaf.clientWidth;
window.addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    if (leaf.clientWidth !== wide) draw();
    wide = leaf.clientWidth;
  }, 200);
});

draw().then(
  () => { document.getElementById("zoom").hidden = false; },
  () => { reading.dataset.drawn = "picture"; },
);
