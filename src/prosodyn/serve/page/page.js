// The elements of the page, and the few things that every part of it does to them.

export const $ = Object.fromEntries([...document.querySelectorAll("[id]")].map((element) => [element.id, element]));

/** Show one of the three ways to begin: `drop`, `capture` or `token`. */
export function stage(shown) {
  for (const each of ["drop", "capture", "token"]) $[each].hidden = each !== shown;
}

export function say(text, isWrong = false) {
  $.status.textContent = text;
  $.status.classList.toggle("wrong", isWrong);
}

/** Say what went wrong; where a token is missing, ask for one. */
export function sayFault(fault) {
  if (fault.status !== 401) {
    say(fault.message, true);
    return;
  }
  stage("token");
  say(fault.hadToken ? "That is not the token of this service." : "", true);
  $["token-text"].focus();
}

/** Return an item of a list; `colour` and `letter` are those of its swatch. */
export function listed(text, kind = "", { colour = "", ink = "", letter = "" } = {}) {
  const item = document.createElement("li");
  if (kind) item.className = kind;
  if (letter) {
    const swatch = document.createElement("span");
    swatch.className = "swatch";
    swatch.textContent = letter;
    swatch.setAttribute("aria-hidden", "true");
    swatch.style.setProperty("--colour", colour);
    swatch.style.setProperty("--on", ink);
    item.append(swatch);
  }
  item.append(text);
  return item;
}

/** Return a button of a word. */
export function pressed(text, press) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", press);
  return button;
}

/** Save a file where the browser saves files. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
