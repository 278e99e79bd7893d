// Ties the page together: whose phone it is, what is on its screen, and the stream of news.
import { act, read } from "./api.js";
import { bubble } from "./bubbles.js";
import { goTo, openClock, showClock, tick } from "./clock.js";
import { setUpComposer, showSurroundings } from "./composer.js";
import { face, find, icon, make } from "./dom.js";
import { placesIn } from "./places.js";
import { samplePhoto } from "./samples.js";
import { alertSheet, attachSheet, choiceSheet, contactSheet, locationSheet } from "./sheets.js";
import * as time from "./time.js";
import { speak, t } from "./words.js";

const query = new URLSearchParams(location.search);
let state = null;
let chat = null;
let loads = 0;
let opening = 0;
let backlog = [];
const waiting = new Map();

const person = () => state.people.find((one) => one.id === chat.person);
const readKey = (id) => `roundsman:${state.world}:${id}`;

// -- people and unread messages

function unread(one) {
  const last = Number(localStorage.getItem(readKey(one.id)) ?? 0);
  return one.bot_message_ids.filter((id) => id > last).length;
}

function markRead() {
  const newest = Math.max(0, ...person().bot_message_ids);
  if (!document.hidden) localStorage.setItem(readKey(chat.person), String(newest));
}

function showPeople(ringing = null) {
  const buttons = (style) => state.people.map((one, index) => {
    const count = one.id === chat?.person ? 0 : unread(one);
    const badge = count ? make("span", { class: `badge${one.id === ringing ? " ringing" : ""}`, "aria-hidden": "true" }, count > 99 ? "99+" : String(count)) : null;
    const picture = face(one, index);
    if (style === "person-dot" && badge) picture.append(badge);
    return make("button", {
      class: style, "data-person": one.id, "aria-pressed": String(one.id === chat?.person),
      "aria-label": count ? t("unread", { name: one.name, count }) : one.name,
      onclick: () => open(one.id),
    }, picture, make("span", { class: "who" }, make("b", {}, one.name), make("span", {}, one.caption)), style === "person-row" ? badge : null);
  });
  find("people-list").replaceChildren(...buttons("person-row"));
  find("people-strip").replaceChildren(...buttons("person-dot"));
}

// -- one chat

async function open(id) {
  opening += 1;
  try {
    await load(id);
  } finally {
    opening -= 1;
  }
  // What happened while the chat was on its way is told now; telling it twice does no harm.
  const missed = opening ? [] : backlog.splice(0);
  for (const event of missed) tell(event);
}

async function load(id) {
  const turn = ++loads;
  const [fresh] = await Promise.all([read(`/sim/chats/${id}`), speak(state.people.find((one) => one.id === id).language_code)]);
  if (turn !== loads) return;
  chat = fresh;
  localStorage.setItem(`roundsman:${state.world}:open`, String(id));
  find("bot-name").textContent = state.bot.name;
  showStatus("");
  showMessages();
  showSurroundings(chat, actions);
  toEnd(false);
  markRead();
  showPeople();
  showClock();
}

function showMessages() {
  find("log").replaceChildren();
  let day = null;
  for (const message of chat.messages) {
    if (time.dayKey(message.date) !== day) find("log").append(dayMark(message.date));
    day = time.dayKey(message.date);
    find("log").append(bubble(message, actions));
  }
  if (!chat.messages.length) find("log").append(emptyNote());
}

const dayMark = (date) => make("div", { class: "day", "data-day": time.dayKey(date) }, time.dayLabel(date));

const emptyNote = () => make("div", { class: "empty" }, make("img", { src: "/page/icon.svg", alt: "" }),
  make("h2", {}, t("whatBotDoes")), make("p", {}, chat.description || t("pressStart")));

const nearEnd = () => { const box = find("scroll"); return box.scrollHeight - box.scrollTop - box.clientHeight < 120; };

// Pictures that load late and keyboards that open must not push the newest message out of sight.
let atEnd = true;
function watchSize() {
  const keep = new ResizeObserver(() => { if (atEnd) toEnd(false); });
  keep.observe(find("log"));
  keep.observe(find("scroll"));
}

function toEnd(smooth = true) {
  const box = find("scroll");
  box.scrollTo({ top: box.scrollHeight, behavior: smooth ? "smooth" : "instant" });
  find("to-end").hidden = true;
}

function putMessage(message) {
  const stay = nearEnd();
  const old = find("log").querySelector(`[data-message="${message.message_id}"]`);
  const fresh = bubble(message, actions);
  const index = chat.messages.findIndex((one) => one.message_id === message.message_id);
  if (index >= 0) chat.messages[index] = message;
  else chat.messages.push(message);
  if (old) {
    fresh.classList.add("changed");
    old.replaceWith(fresh);
  } else {
    find("log").querySelector(".empty")?.remove();
    const before = chat.messages[chat.messages.length - 2];
    if (!before || time.dayKey(before.date) !== time.dayKey(message.date)) find("log").append(dayMark(message.date));
    fresh.classList.add("arrived");
    if (message.rings) {
      fresh.classList.add("ringing");
      find("phone").classList.remove("ringing");
      requestAnimationFrame(() => find("phone").classList.add("ringing"));
    }
    find("log").append(fresh);
  }
  if (stay || !message.from_bot) toEnd();
  else if (!old) find("to-end").hidden = false;
}

function dropMessage(id) {
  chat.messages = chat.messages.filter((one) => one.message_id !== id);
  find("log").querySelector(`[data-message="${id}"]`)?.remove();
  for (const mark of find("log").querySelectorAll(".day")) {
    if (!mark.nextElementSibling || mark.nextElementSibling.matches(".day")) mark.remove();
  }
}

let statusTimer = 0;
function showStatus(words, forMs = 0) {
  clearTimeout(statusTimer);
  find("bot-status").textContent = words || t("bot");
  find("bot-status").className = words ? "busy" : "";
  if (forMs) statusTimer = setTimeout(() => showStatus(""), forMs);
}

let toastTimer = 0;
function toast(words) {
  clearTimeout(toastTimer);
  find("toast").textContent = words;
  find("toast").hidden = false;
  toastTimer = setTimeout(() => { find("toast").hidden = true; }, 3200);
}

// -- what the person does

async function attempt(work) {
  try {
    return await work();
  } catch (problem) {
    toast(problem.message);
    return null;
  }
}

const say = (words) => attempt(() => {
  const last = chat.messages.filter((message) => message.from_bot).at(-1);
  const answered = last?.force_reply ? last.message_id : undefined;
  return act(chat.person, "text", { text: words, reply_to: answered });
});

const sendFile = (kind, file) => attempt(() => {
  const form = new FormData();
  form.append("kind", kind);
  form.append("file", file, file.name);
  return act(chat.person, "file", form);
});

function pickFile(kind) {
  const input = make("input", { type: "file", accept: kind === "photo" ? "image/*" : null, hidden: true });
  input.onchange = () => { if (input.files[0]) sendFile(kind, input.files[0]); input.remove(); };
  document.body.append(input);
  input.click();
}

const attachments = {
  photo: () => pickFile("photo"),
  file: () => pickFile("document"),
  samplePhoto: async () => sendFile("photo", new File([await samplePhoto()], "shelf.jpg", { type: "image/jpeg" })),
  voice: async () => sendFile("voice", new File([await (await fetch("/page/voice-note.oga")).blob()], "voice.oga", { type: "audio/ogg" })),
  location: () => locationSheet(placesIn(chat.messages), (latitude, longitude) => attempt(() => act(chat.person, "location", { latitude, longitude })), () => toast(t("denied"))),
  contact: () => contactSheet(person(), (card) => attempt(() => act(chat.person, "contact", card))),
};

// An invitation opened in the page would leave it: here one chooses who opens it.
function openInvitation(url) {
  const payload = new RegExp(`t\\.me/${state.bot.username}\\?start=([\\w-]+)`, "i").exec(url)?.[1];
  if (!payload) return false;
  choiceSheet(t("openAs"), state.people.map((one, index) => ({
    label: one.name, detail: one.caption, face: face(one, index),
    run: async () => { await open(one.id); await say(`/start ${payload}`); },
  })));
  return true;
}

async function pressInline(message, button, row, column, element) {
  if (button.url) { if (!openInvitation(button.url)) window.open(button.url, "_blank", "noopener"); return; }
  if (button.copy_text) { await attempt(() => navigator.clipboard.writeText(button.copy_text.text)); toast(t("copied")); return; }
  element?.classList.add("waiting");
  const result = await attempt(() => act(chat.person, "tap", { message_id: message.message_id, row, column }));
  if (!result) { element?.classList.remove("waiting"); return; }
  waiting.set(result.query_id, element);
  setTimeout(() => { waiting.get(result.query_id)?.classList.remove("waiting"); waiting.delete(result.query_id); }, 15000);
}

// A hint is a word to send, or the label of a button that is on the screen.
function followHint(hint) {
  if (hint.startsWith("🕢 ")) return goTo(hint.split(" ")[1]);
  const key = (chat.keyboard?.keyboard ?? []).flat().find((button) => button.text === hint);
  if (key) return actions.onKey(key);
  for (const message of [...chat.messages].reverse()) {
    for (const [row, buttons] of message.buttons.entries()) {
      const column = buttons.findIndex((button) => button.text === hint);
      if (column >= 0) {
        const shown = find("log").querySelector(`[data-message="${message.message_id}"]`)?.querySelectorAll(".inline-row")[row]?.children[column];
        return pressInline(message, buttons[column], row, column, shown);
      }
    }
  }
  return say(hint);
}

const actions = {
  onText: say,
  onCommand: say,
  onLink: openInvitation,
  onButton: pressInline,
  onHint: followHint,
  onStart: () => attempt(() => act(chat.person, "start")),
  onAttach: () => attachSheet((key) => attachments[key]()),
  onKey: (button) => {
    if (button.request_location) return attachments.location();
    if (button.request_contact) return attachments.contact();
    return say(button.text);
  },
};

// -- news

const news = {
  message({ chat: id, message }) {
    const owner = state.people.find((one) => one.id === id);
    const isNew = message.from_bot && !owner.bot_message_ids.includes(message.message_id);
    if (isNew) owner.bot_message_ids.push(message.message_id);
    if (id === chat.person) {
      if (message.from_bot) showStatus("");
      putMessage(message);
      markRead();
    }
    if (isNew) showPeople(message.rings ? id : null);
  },
  deleted({ chat: id, message_id }) {
    const owner = state.people.find((one) => one.id === id);
    owner.bot_message_ids = owner.bot_message_ids.filter((known) => known !== message_id);
    if (id === chat.person) dropMessage(message_id);
    showPeople();
  },
  around(event) {
    if (event.chat !== chat.person) return;
    const { commands, keyboard, hints, description } = event;
    Object.assign(chat, { commands, keyboard, hints, description });
    showSurroundings(chat, actions);
  },
  async person({ person: id }) {
    if (id !== chat.person) return;
    const { started, blocked } = await read(`/sim/chats/${id}`);
    Object.assign(chat, { started, blocked });
    showSurroundings(chat, actions);
  },
  answer(event) {
    waiting.get(event.query_id)?.classList.remove("waiting");
    waiting.delete(event.query_id);
    if (event.chat !== chat.person || !event.text) return;
    if (event.alert) alertSheet(event.text);
    else toast(event.text);
  },
  action(event) {
    if (event.chat === chat.person) showStatus(t(event.action.startsWith("upload") ? "sending" : "typing"), 5000);
  },
  clock(event) {
    time.hear(event.clock);
    showClock();
    for (const mark of find("log").querySelectorAll(".day")) mark.textContent = time.dayLabel(Date.parse(`${mark.dataset.day}T00:00:00${time.instant("")}`) / 1000);
  },
};

async function reload() {
  state = await read("/sim/state");
  time.hear(state.clock);
  const wanted = Number(query.get("person") ?? localStorage.getItem(`roundsman:${state.world}:open`));
  const first = chat?.person ?? state.people.find((one) => one.id === wanted)?.id ?? state.people[0].id;
  await open(first);
}

function tell(event) {
  if (opening || !chat) backlog.push(event);
  else news[event.type]?.(event);
}

// The stream opens first and the page loads after it, so that nothing falls between the two.
function listen() {
  const stream = new EventSource("/sim/events");
  stream.onopen = async () => {
    await reload();
    document.body.dataset.ready = "yes";
  };
  stream.onerror = () => showStatus(t("offline"));
  stream.onmessage = (message) => tell(JSON.parse(message.data));
}

document.body.classList.toggle("bare", query.has("bare"));
find("more").append(icon("more"));
find("to-end").append(icon("down"));
find("to-end").onclick = () => toEnd();
find("scroll").addEventListener("scroll", () => {
  atEnd = nearEnd();
  if (atEnd) find("to-end").hidden = true;
}, { passive: true });
watchSize();
find("clock-chip").onclick = openClock;
find("more").onclick = () => choiceSheet(t("more"), [chat.blocked
  ? { label: t("unblock"), icon: "bell", run: () => attempt(() => act(chat.person, "block", { blocked: false })) }
  : { label: t("block"), icon: "block", danger: true, run: () => attempt(() => act(chat.person, "block", { blocked: true })) }]);
document.addEventListener("visibilitychange", () => { if (chat && !document.hidden) { markRead(); showPeople(); } });
setUpComposer(actions);
listen();
setInterval(tick, 1000);
