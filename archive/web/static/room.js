// What script adds to pages that work without it: a brush over the years, copying, what is said.
"use strict";

// Years: drag over the bars, and the two fields beside them follow.
(() => {
  let svg = null, from = 0, shade = null;
  const bars = () => [...svg.querySelectorAll("a[data-first]")];
  const across = (event) => {
    const box = svg.getBoundingClientRect();
    const width = svg.viewBox.baseVal.width;
    return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) * width;
  };
  const shown = (a, b) => {
    shade.setAttribute("x", Math.min(a, b));
    shade.setAttribute("width", Math.abs(a - b));
  };
  document.addEventListener("pointerdown", (event) => {
    svg = event.button === 0 ? event.target.closest("svg[data-brush]") : null;
    if (svg) from = across(event);
  });
  document.addEventListener("pointermove", (event) => {
    if (!svg) return;
    const to = across(event);
    if (!shade && Math.abs(to - from) < 4) return;
    if (!shade) {
      shade = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      shade.setAttribute("class", "shade");
      shade.setAttribute("height", svg.viewBox.baseVal.height);
      svg.append(shade);
    }
    shown(from, to);
  });
  document.addEventListener("pointerup", (event) => {
    if (!svg || !shade) { svg = null; return; }
    const [left, right] = [from, across(event)].sort((a, b) => a - b);
    const inside = bars().filter((bar) => {
      const ground = bar.querySelector(".ground");
      const x = Number(ground.getAttribute("x"));
      return x + Number(ground.getAttribute("width")) > left && x < right;
    });
    // The click that ends a drag is not one on a bar.
    svg.addEventListener("click", (click) => click.preventDefault(), { once: true, capture: true });
    shade.remove();
    svg = shade = null;
    if (!inside.length) return;
    const first = document.getElementById("first"), last = document.getElementById("last");
    first.value = inside[0].dataset.first;
    last.value = inside.at(-1).dataset.last;
    last.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("dragstart", (event) => {
    if (event.target.closest?.("svg[data-brush]")) event.preventDefault();
  });
})();

// How many were found is said to those who do not see it change.
document.addEventListener("htmx:afterSwap", () => {
  const said = document.getElementById("said"), count = document.querySelector("#found p.count");
  if (said && count) said.textContent = count.textContent;
});

// Copying: a button that names what it copies.
for (const button of document.querySelectorAll("button[data-copies]")) button.hidden = !navigator.clipboard;
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copies]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
  const label = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = label; }, 2000);
});
