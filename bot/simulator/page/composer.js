// What lies under the conversation: hints, text field, command menu and the bot's reply keyboard.
import { find, icon, make } from "./dom.js";
import { t } from "./words.js";

const ICON_OF_REQUEST = { request_location: "location", request_contact: "contact" };
let keyboardOpen = true;

export function setUpComposer(actions) {
  find("send").append(icon("send"));
  find("attach").append(icon("attach"));
  find("toggle-keyboard").append(icon("keyboard"));
  find("attach").onclick = actions.onAttach;
  find("toggle-keyboard").onclick = () => { keyboardOpen = !keyboardOpen; find("keyboard").hidden = !keyboardOpen; };
  find("menu").onclick = () => toggleMenu(find("commands").hidden);
  find("start").onclick = actions.onStart;
  const text = find("text");
  const fit = () => {
    find("send").disabled = !text.value.trim();
    text.style.height = "44px";
    text.style.height = `${Math.min(text.scrollHeight, 132)}px`;
  };
  text.oninput = () => {
    fit();
    const typed = text.value.trim().toLowerCase();
    if (/^\/\w*$/.test(typed)) toggleMenu(true, typed);
    else if (!find("commands").hidden) toggleMenu(false);
  };
  text.onkeydown = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); find("composer").requestSubmit(); }
  };
  find("composer").onsubmit = (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (!words) return;
    text.value = "";
    fit();
    toggleMenu(false);
    actions.onText(words);
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#commands, #menu, #text")) toggleMenu(false);
  });
  fit();
  commandsAction = actions.onText;
}

let commandsAction = () => {};
let commandList = [];

function toggleMenu(open, begin = "/") {
  const shown = commandList.filter((command) => `/${command.command}`.startsWith(begin));
  const visible = open && shown.length > 0;
  find("commands").hidden = !visible;
  find("menu").setAttribute("aria-expanded", String(visible));
  if (!visible) return;
  find("commands").style.bottom = `${find("foot").offsetHeight}px`;
  find("commands").replaceChildren(...shown.map((command) => make("button", {
    role: "menuitem",
    onclick: () => { toggleMenu(false); find("text").value = ""; find("text").oninput(); commandsAction(`/${command.command}`); },
  }, make("b", {}, `/${command.command}`), make("span", {}, command.description))));
}

export function showSurroundings(chat, actions) {
  commandList = chat.commands;
  find("menu").hidden = chat.commands.length === 0;
  find("menu").replaceChildren(icon("menu"), make("span", {}, t("commands")));
  find("text").placeholder = chat.keyboard?.input_field_placeholder ?? t("message");
  showKeyboard(chat.keyboard, actions);
  showHints(chat, actions);
  const gate = !chat.started || chat.blocked;
  find("start").hidden = !gate;
  find("composer").hidden = gate;
  find("start").textContent = t(chat.blocked ? "restart" : "start");
  if (gate) find("keyboard").hidden = true;
}

function showKeyboard(markup, actions) {
  const signature = JSON.stringify(markup);
  if (find("keyboard").dataset.signature !== signature) keyboardOpen = true;
  find("keyboard").dataset.signature = signature;
  find("toggle-keyboard").hidden = !markup;
  find("keyboard").hidden = !markup || !keyboardOpen;
  find("keyboard").replaceChildren(...(markup?.keyboard ?? []).map((row) => make("div", {}, ...row.map((button) => {
    const request = Object.keys(ICON_OF_REQUEST).find((name) => button[name]);
    const press = () => {
      if (markup.one_time_keyboard) { keyboardOpen = false; find("keyboard").hidden = true; }
      actions.onKey(button);
    };
    return make("button", { onclick: press }, request ? icon(ICON_OF_REQUEST[request]) : null, make("span", {}, button.text));
  }))));
}

function showHints(chat, actions) {
  const shown = chat.started && !chat.blocked ? chat.hints : [];
  find("hints").hidden = shown.length === 0;
  find("hints").replaceChildren(make("span", {}, t("try")), ...shown.map((hint) =>
    make("button", { onclick: () => actions.onHint(hint) }, make("b", {}, hint))));
}
