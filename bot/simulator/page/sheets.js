// The sheets that slide up inside the phone.
import { find, icon, make } from "./dom.js";
import { away } from "./places.js";
import { t } from "./words.js";

let opener = null;

export function openSheet(title, ...content) {
  if (find("sheet").hidden) opener = document.activeElement;
  find("sheet").setAttribute("aria-label", title);
  find("sheet").className = "sheet";
  find("sheet").replaceChildren(...content);
  find("sheet").hidden = find("backdrop").hidden = false;
  find("sheet").focus({ preventScroll: true });
}

export function closeSheet() {
  find("sheet").hidden = find("backdrop").hidden = true;
  opener?.focus?.({ preventScroll: true });
}

find("backdrop").addEventListener("click", closeSheet);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeSheet(); });

const actions = (main, onMain, other = t("cancel"), onOther = closeSheet) => make("div", { class: "actions" },
  make("button", { onclick: onOther }, other), make("button", { class: "main", onclick: onMain }, main));

export function alertSheet(text) {
  openSheet(text, make("p", {}, text), make("div", { class: "actions" }, make("button", { class: "main", onclick: closeSheet }, t("ok"))));
  find("sheet").classList.add("alert");
}

export function choiceSheet(title, choices) {
  openSheet(title, make("h2", {}, title), make("div", { class: "choices" }, ...choices.map((choice) =>
    make("button", { class: `choice${choice.danger ? " danger" : ""}`, onclick: () => { closeSheet(); choice.run(); } },
      choice.icon ? icon(choice.icon) : choice.face ?? null, make("span", {}, make("b", {}, choice.label), choice.detail ? make("small", {}, choice.detail) : null)))));
}

export function attachSheet(run) {
  const tiles = [["photo", "#2f8fdd"], ["samplePhoto", "#7a6bd6", "sample"], ["file", "#e0842f"], ["location", "#38a169"], ["contact", "#d9586b"], ["voice", "#3aa0a8"]];
  openSheet(t("attach"), make("h2", {}, t("attach")), make("div", { class: "tiles" }, ...tiles.map(([key, colour, drawn]) =>
    make("button", { class: "tile", onclick: () => { closeSheet(); run(key); } }, make("i", { style: `background:${colour}` }, icon(drawn ?? key)), t(key)))));
}

export function locationSheet(places, share, deny) {
  let chosen = places[0] ?? null, metres = 0;
  const latitude = make("input", { inputmode: "decimal", id: "latitude" });
  const longitude = make("input", { inputmode: "decimal", id: "longitude" });
  const list = make("div", { class: "choices", role: "group", "aria-label": t("places") });
  const distances = make("div", { class: "segments", role: "group", "aria-label": t("near") });
  const show = () => {
    list.replaceChildren(...places.map((place) => make("button", {
      class: "choice", "aria-pressed": String(place === chosen), onclick: () => { chosen = place; show(); },
    }, icon("location"), make("span", {}, make("b", {}, place.name || t("location")), make("small", {}, `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`)))));
    distances.replaceChildren(...[[0, "exact"], [300, "off300"], [3000, "off3000"]].map(([distance, key]) => make("button", {
      "aria-pressed": String(distance === metres), onclick: () => { metres = distance; show(); },
    }, t(key))));
    if (chosen) {
      const spot = away(chosen, metres);
      latitude.value = spot.latitude.toFixed(6);
      longitude.value = spot.longitude.toFixed(6);
    }
  };
  show();
  const send = () => {
    const [lat, lng] = [Number(latitude.value), Number(longitude.value)];
    const wrong = !latitude.value || !longitude.value || Number.isNaN(lat) || Number.isNaN(lng) || Math.abs(lat) > 90 || Math.abs(lng) > 180;
    if (wrong) { latitude.focus(); return; }
    closeSheet();
    share(lat, lng);
  };
  openSheet(t("locationTitle"), make("h2", {}, t("locationTitle")), make("p", {}, t("locationHint")),
    make("h3", {}, t("places")), places.length ? list : make("p", {}, t("noPlaces")),
    places.length ? distances : null,
    make("h3", {}), make("div", { class: "pair" }, make("label", {}, t("latitude"), latitude), make("label", {}, t("longitude"), longitude)),
    actions(t("shareLocation"), send, t("deny"), () => { closeSheet(); deny(); }));
}

export function contactSheet(person, share) {
  const own = { phone_number: `+65 8${String(person.id).padStart(7, "0").slice(-7)}`, first_name: person.name, own: true };
  const field = (key, type = "text") => make("input", { type, "aria-label": t(key), placeholder: t(key) });
  const [first, last, phone] = [field("firstName"), field("lastName"), field("phone", "tel")];
  const send = () => {
    if (!first.value.trim()) { first.focus(); return; }
    if (!phone.value.trim()) { phone.focus(); return; }
    closeSheet();
    share({ phone_number: phone.value.trim(), first_name: first.value.trim(), last_name: last.value.trim() });
  };
  openSheet(t("contactTitle"), make("h2", {}, t("contactTitle")),
    make("div", { class: "choices" }, make("button", { class: "choice", onclick: () => { closeSheet(); share(own); } },
      icon("contact"), make("span", {}, make("b", {}, t("myNumber")), make("small", {}, own.phone_number)))),
    make("h3", {}, t("otherContact")), make("div", { class: "pair" }, first, last), phone, actions(t("share"), send));
}
