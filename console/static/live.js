// Renews the panels of a page as the console sends them, while somebody looks.
const main = document.querySelector("main[data-live]");
const status = document.getElementById("connection");
let source;

// What somebody types or chose is not to be lost, wherever they click meanwhile.
function isBeingFilledIn(shown) {
  if (shown.contains(document.activeElement?.closest("input, textarea, select"))) return true;
  const typed = [...shown.querySelectorAll("input, textarea")];
  const chosen = [...shown.querySelectorAll("select:has(option[selected]) option")];
  return (
    typed.some((one) => one.value !== one.defaultValue) ||
    chosen.some((one) => one.selected !== one.defaultSelected)
  );
}

function renew(event) {
  const { name, html } = JSON.parse(event.data);
  const shown = document.getElementById(name);
  if (!shown || isBeingFilledIn(shown)) return;
  const held = shown.contains(document.activeElement) ? document.activeElement.id : "";
  const open = [...shown.querySelectorAll("details[open][id]")].map((one) => one.id);
  const made = document.createElement("template");
  made.innerHTML = html;
  const next = made.content.firstElementChild;
  for (const id of open) next.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  shown.replaceWith(next);
  if (held) document.getElementById(held)?.focus({ preventScroll: true });
}

// What the page is about is not there any more.
function end(event) {
  rest();
  delete main.dataset.live;
  main.innerHTML = JSON.parse(event.data).html;
}

function follow() {
  if (source || document.hidden || !main.dataset.live) return;
  source = new EventSource(main.dataset.live);
  source.addEventListener("panel", renew);
  source.addEventListener("absent", end);
  source.addEventListener("open", () => (status.hidden = true));
  source.addEventListener("error", () => (status.hidden = false));
}

function rest() {
  source?.close();
  source = undefined;
}

if (main) {
  // Six open streams keep a seventh tab from loading, so that hidden ones rest.
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : follow()));
  addEventListener("pagehide", rest);
  follow();
}
