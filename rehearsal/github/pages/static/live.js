// Renews a page while what it shows goes on: asks for it again, and puts the new content in place.
const PAUSE = 2000;
const connection = document.getElementById("connection");

function show(page) {
  const shown = document.querySelector("main");
  const next = page.querySelector("main");
  // Whoever marks a text wants to copy it.
  if (!next || next.innerHTML === shown.innerHTML || !getSelection().isCollapsed) return;
  const held = shown.contains(document.activeElement) ? document.activeElement.id : "";
  const height = document.documentElement.scrollHeight;
  const isAtEnd = scrollY > 0 && innerHeight + scrollY > height - 50;
  shown.replaceWith(next);
  document.title = page.title;
  if (held) document.getElementById(held)?.focus({ preventScroll: true });
  if (isAtEnd) scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
}

async function renew() {
  if (!document.hidden) {
    const answer = await fetch(location.href).catch(() => undefined);
    if (answer?.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    connection.hidden = Boolean(answer);
  }
  if (document.querySelector("main[data-live]")) setTimeout(renew, PAUSE);
}

setTimeout(renew, PAUSE);
