// The clock that can be moved: a card beside the phone, a sheet on it.
import { post } from "./api.js";
import { find, make } from "./dom.js";
import { closeSheet, openSheet } from "./sheets.js";
import * as time from "./time.js";
import { t } from "./words.js";

let failure = "";

async function move(to) {
  failure = "";
  closeSheet();
  try {
    await post("/sim/clock", { to });
  } catch (problem) {
    failure = t("clockFailed", { why: problem.message });
    showClock();
  }
}

function panel() {
  const busy = Boolean(time.movingTo());
  const button = (key, to) => make("button", { disabled: busy, onclick: () => move(to()) }, t(key));
  const exact = make("input", { type: "datetime-local", value: time.wallText(time.now() + 3600), "aria-label": t("when"), disabled: busy });
  const status = make("p", { class: `clock-state${busy ? " busy" : ""}`, role: "status" }, busy ? t("moving", { time: movingLabel() }) : failure || t("clockHint"));
  return [
    make("p", { class: "clock-time" }, time.clockTime(time.now())),
    make("p", { class: "clock-day" }, time.dayName(time.now())),
    make("div", { class: "clock-moves" }, button("plus15", () => time.after(900)), button("plus60", () => time.after(3600)),
      button("toEvening", () => time.next("18:30")), button("toMorning", () => time.next("07:30", { tomorrow: true }))),
    make("div", { class: "clock-exact" }, exact, make("button", { disabled: busy, onclick: () => exact.value && move(time.instant(`${exact.value}:00`)) }, t("go"))),
    status,
  ];
}

const movingLabel = () => {
  const epoch = Date.parse(time.movingTo()) / 1000;
  return time.dayKey(epoch) === time.dayKey(time.now()) ? time.clockTime(epoch) : `${time.shortDay(epoch)} ${time.clockTime(epoch)}`;
};

// A hint's clock: on to the next time that it shows hh:mm.
export const goTo = (hhmm) => time.movingTo() || move(time.next(hhmm));

export const openClock = () => openSheet(t("moveClock"), ...panel());

export function showClock() {
  const chip = find("clock-chip");
  chip.hidden = find("clock-card").hidden = !time.movable();
  if (!time.movable()) return;
  chip.replaceChildren(make("span", {}, time.clockTime(time.now()), make("small", {}, time.shortDay(time.now()))));
  find("clock-card").replaceChildren(...panel());
  find("progress").hidden = !time.movingTo();
}

// Between two news only the digits change: a field in use must not be redrawn.
export function tick() {
  if (!time.movable()) return;
  const digits = time.clockTime(time.now());
  for (const element of document.querySelectorAll(".clock-time")) element.textContent = digits;
  const chip = find("clock-chip").querySelector("span");
  if (chip) chip.firstChild.textContent = digits;
}
