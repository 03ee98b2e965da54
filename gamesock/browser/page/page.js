"use strict";
// Before textual.js starts the terminal: who this tab is, where its socket is, the font. After: what to do
// when the socket closes.

const terminal = document.getElementById("terminal");
const notice = document.getElementById("notice");
const RETRY = 3000;

/** A key of this browser's own: its seats are found by it again. Tabs that open together must agree on it. */
function agreedKey() {
  return navigator.locks ? navigator.locks.request("gamesock key", browserKey) : browserKey();
}

function browserKey() {
  const made = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
  try {
    const key = localStorage.getItem("gamesock") || made();
    localStorage.setItem("gamesock", key);
    return key;
  } catch {
    return made(); // no storage: a stranger each time
  }
}

/** The lowest number that no other tab of this browser holds; it is held until this tab is closed. */
async function tabNumber() {
  if (!navigator.locks) return aloneNumber();
  const before = Number(sessionStorage.getItem("gamesock-tab")) || 0;
  // After a reload the former page may still be letting go of its number.
  if (before && (await hold(before, { signal: AbortSignal.timeout(1000) }))) return before;
  for (let tab = 1; tab < 99; tab++) {
    if (await hold(tab, { ifAvailable: true })) {
      sessionStorage.setItem("gamesock-tab", tab);
      return tab;
    }
  }
  return 99;
}

function hold(tab, options) {
  return new Promise((told) => {
    const keep = (lock) => {
      told(lock !== null);
      return lock && new Promise(() => {});
    };
    navigator.locks.request(`gamesock ${tab}`, options, keep).catch(() => told(false));
  });
}

/** Without locks (they need https or localhost), chance keeps tabs apart. */
function aloneNumber() {
  const tab = Number(sessionStorage.getItem("gamesock-tab")) || 2 + Math.floor(Math.random() * 97);
  sessionStorage.setItem("gamesock-tab", tab);
  return tab;
}

function say(words, button) {
  document.getElementById("words").textContent = words;
  document.getElementById("again").textContent = button;
  notice.hidden = false;
}

/** Load the page again as soon as its host answers. */
function comeBack() {
  setTimeout(async () => {
    const up = await fetch("healthz", { cache: "no-store" }).then((answer) => answer.ok, () => false);
    if (up) location.reload();
    else comeBack();
  }, RETRY);
}

function ended(event) {
  if (event.code === 1000 && event.reason === "elsewhere") return say("This game is open in another tab.", "Play here");
  if (event.code === 1000) return say("You left.", "Play on");
  if (event.code === 1013) return say("There are as many visitors as there is room for.", "Try again");
  if (event.code === 1011) return say("gamesock ended with an error, told where it is served.", "Try again");
  say("The connection was lost. Trying again…", "Now");
  comeBack();
}

document.getElementById("again").addEventListener("click", () => location.reload());

window.WebSocket = class extends WebSocket {
  constructor(...address) {
    super(...address);
    this.addEventListener("open", () => document.querySelector(".xterm-helper-textarea").focus());
    this.addEventListener("close", ended);
  }
};

const begin = window.onload;
window.onload = null;

async function ready() {
  const size = Number(new URLSearchParams(location.search).get("fontsize"));
  terminal.dataset.fontSize = size >= 8 && size <= 64 ? size : 16;
  const here = new URL(`ws/${await agreedKey()}/${await tabNumber()}`, location.href);
  here.protocol = here.protocol.replace("http", "ws");
  here.search = here.hash = "";
  terminal.dataset.sessionWebsocketUrl = here.href;
  // The terminal measures its font when it opens.
  await Promise.allSettled([document.fonts.load("16px 'Roboto Mono'"), document.fonts.load("bold 16px 'Roboto Mono'")]);
  begin();
}

if (document.readyState === "complete") ready();
else window.addEventListener("load", ready);
