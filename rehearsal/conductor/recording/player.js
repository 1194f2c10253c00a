// Replays a recording: which page is shown, at which moment, and what it looked like then.
"use strict";
const recording = JSON.parse(document.getElementById("player-recording").textContent);
const [play, back, on, speed, told, moment, acts, tabs, main] = [
  "play", "back", "on", "speed", "told", "moment", "acts", "pages", "page",
].map((name) => document.getElementById(`player-${name}`));
const pages = new Map(recording.pages.map((page) => [page.address, page]));
const TICK_MILLISECONDS = 100;
let shown; // the page that is shown
let at = 0; // seconds since the play began
let timer;

// A text is cut behind each ">" and each end of a line, as deltas.py does.
const cut = (text) => text.split(/(?<=[>\n])/).filter(Boolean);

function changed(text, changes) {
  const pieces = cut(text);
  for (const [start, count, added] of [...changes].reverse()) pieces.splice(start, count, added);
  return pieces.join("");
}

// The markup of each panel at a moment; what was found before is where the search goes on.
function panelsAt(page, seconds) {
  if (!page.known || page.known.at > seconds) page.known = { at: 0, next: 0, panels: new Map() };
  const known = page.known;
  while (known.next < page.frames.length && page.frames[known.next][0] <= seconds) {
    for (const [name, changes] of Object.entries(page.frames[known.next][1])) {
      known.panels.set(name, changed(known.panels.get(name) ?? "", changes));
    }
    known.next += 1;
  }
  known.at = seconds;
  return known.panels;
}

function made(markup) {
  const template = document.createElement("template");
  template.innerHTML = markup;
  for (const link of template.content.querySelectorAll("a[href]")) {
    if (!pages.has(link.getAttribute("href").slice(1))) {
      link.removeAttribute("href");
      link.setAttribute("role", "link");
      link.setAttribute("aria-disabled", "true");
    }
  }
  return template.content.firstElementChild;
}

function element(name, text, properties = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...properties });
}

function showPanel(name, markup) {
  const old = main.querySelector(`:scope > #${CSS.escape(name)}`);
  if (old?.recordedMarkup === markup) return;
  const next = made(markup);
  next.recordedMarkup = markup;
  for (const open of old?.querySelectorAll("details[open][id]") ?? []) {
    next.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
  }
  const held = old?.contains(document.activeElement) ? document.activeElement.id : "";
  if (old) old.replaceWith(next);
  else main.append(next);
  if (held) document.getElementById(held)?.focus({ preventScroll: true });
}

function showPage() {
  const panels = panelsAt(shown, at);
  const names = shown.panels.filter((name) => panels.has(name));
  const there = [...main.querySelectorAll(":scope > section")].map((one) => one.id);
  // What is not there yet, or no more, changes the order: all is drawn anew.
  if (main.dataset.address !== shown.address || names.join() !== there.join()) {
    main.dataset.address = shown.address;
    main.replaceChildren(element("h1", shown.title));
    if (!names.length) main.append(later());
  }
  for (const name of names) showPanel(name, panels.get(name));
}

function later() {
  const first = shown.frames[0][0];
  const line = element("p", "This page was not there yet. ", { className: "later" });
  const button = element("button", `Go to ${clock(first)}, when it was`, { type: "button" });
  button.addEventListener("click", () => goTo(first));
  line.append(button);
  return line;
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function actAt(seconds) {
  return recording.acts.findLastIndex((act) => act.at <= seconds);
}

function mark(element, kind, isCurrent) {
  if (isCurrent) element.setAttribute("aria-current", kind);
  else element.removeAttribute("aria-current");
}

function show() {
  const number = actAt(at);
  const title = recording.acts[number]?.title ?? "";
  moment.value = at;
  moment.setAttribute("aria-valuetext", `${clock(at)}, ${title}`);
  told.textContent = `${clock(at)} of ${clock(recording.seconds)}: ${title}`;
  [...acts.children].forEach((one, place) => mark(one.firstElementChild, "step", place === number));
  for (const tab of tabs.querySelectorAll("a")) {
    mark(tab, "page", tab.getAttribute("href") === `#${shown.address}`);
    tab.classList.toggle("later", pages.get(tab.getAttribute("href").slice(1)).frames[0][0] > at);
  }
  showPage();
}

function goTo(seconds) {
  at = Math.min(Math.max(seconds, 0), recording.seconds);
  show();
}

function rest() {
  clearInterval(timer);
  timer = undefined;
  play.textContent = "Play";
}

function begin() {
  if (at >= recording.seconds) goTo(0);
  let before = performance.now();
  play.textContent = "Pause";
  timer = setInterval(() => {
    const now = performance.now();
    goTo(at + ((now - before) / 1000) * Number(speed.value));
    before = now;
    if (at >= recording.seconds) rest();
  }, TICK_MILLISECONDS);
}

function turn() {
  const asked = pages.get(location.hash.slice(1));
  if (!asked || asked === shown) return;
  shown = asked;
  document.title = `${shown.title} · recording`;
  show();
  if (document.activeElement === document.body) main.focus({ preventScroll: true });
}

for (const [number, act] of recording.acts.entries()) {
  const button = element("button", `${number + 1}`, { type: "button" });
  button.append(element("span", ` ${act.title}`));
  button.addEventListener("click", () => goTo(act.at));
  acts.append(element("li", ""));
  acts.lastElementChild.append(button);
}
for (const page of pages.values()) {
  tabs.append(element("li", ""));
  tabs.lastElementChild.append(element("a", page.title, { href: `#${page.address}` }));
}
moment.max = recording.seconds;
moment.addEventListener("input", () => goTo(Number(moment.value)));
play.addEventListener("click", () => (timer ? rest() : begin()));
back.addEventListener("click", () => goTo(shown.frames.findLast(([then]) => then < at)?.[0] ?? 0));
on.addEventListener("click", () => {
  goTo(shown.frames.find(([then]) => then > at)?.[0] ?? recording.seconds);
});
addEventListener("hashchange", turn);
// The page on which most happens is shown first, unless the address names another.
const busiest = [...pages.values()].reduce((one, other) =>
  other.frames.length > one.frames.length ? other : one,
);
shown = pages.get(location.hash.slice(1)) ?? busiest;
document.title = `${shown.title} · recording`;
show();
