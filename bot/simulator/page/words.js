// The page's own words, in the language of whoever holds the phone.
const DICTIONARIES = {};
let current = "en";

export function languageOf(code) {
  const tag = (code || "en").toLowerCase();
  if (!tag.startsWith("zh")) return "en";
  return /hant|-(tw|hk|mo)\b/.test(tag) ? "zh-hant" : "zh-hans";
}

export async function speak(code) {
  current = languageOf(code);
  if (!DICTIONARIES[current]) {
    DICTIONARIES[current] = await (await fetch(`/page/words.${current}.json`)).json();
  }
  document.documentElement.lang = { "en": "en", "zh-hans": "zh-Hans", "zh-hant": "zh-Hant" }[current];
  for (const element of document.querySelectorAll("[data-words]")) element.textContent = t(element.dataset.words);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", t(element.dataset.label));
  for (const element of document.querySelectorAll("[data-placeholder]")) element.placeholder = t(element.dataset.placeholder);
}

export function t(key, values = {}) {
  const words = DICTIONARIES[current]?.[key] ?? key;
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const locale = () => ({ "en": "en-GB", "zh-hans": "zh-CN", "zh-hant": "zh-TW" })[current];
