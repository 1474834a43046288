// What happens when somebody drops, chooses, records or listens.

import { isCapturing, listen, record, stop } from "./capture.js";
import { learn } from "./colours.js";
import { hear } from "./hear.js";
import { $, say, sayFault, stage } from "./page.js";
import * as service from "./service.js";
import { end } from "./session.js";

let labels = [];

$.place.textContent = location.host;
meet();

/** Ask who answers here. */
async function meet() {
  try {
    const model = await service.model();
    labels = model.labels;
    learn(model);
    $.limits.textContent = model.limits;
    $.model.textContent =
      `Answers come from the model “${model.name}” (${model.labels.join(", ")}; learnt from ` +
      `${model.corpora.join(", ")}; licence ${model.licence.split(". ")[0]}; prosodyn ${model.version}).`;
    return true;
  } catch (fault) {
    sayFault(fault);
    return false;
  }
}

$.token.addEventListener("submit", async (event) => {
  event.preventDefault();
  service.rememberToken($["token-text"].value.trim());
  if (!(await meet())) return;
  $["token-text"].value = "";
  stage("drop");
  say("");
  $.choose.focus();
});

function take(file) {
  if (isCapturing()) say("Stop first; then give it again.", true);
  else if (!$.token.hidden) $["token-text"].focus();
  else hear(file, file.name);
}

$.choose.addEventListener("click", () => $.file.click());
$.file.addEventListener("change", () => {
  if ($.file.files.length) take($.file.files[0]);
  $.file.value = "";
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    $.drop.classList.toggle("over", kind === "dragover");
    const file = kind === "drop" && event.dataTransfer.files[0];
    if (file) take(file);
  });
}

$.record.addEventListener("click", record);
$.live.addEventListener("click", () => listen(labels));
$.stop.addEventListener("click", stop);
$.cancel.addEventListener("click", () => {
  end();
  say("Cancelled.");
  $.choose.focus();
});
addEventListener("pagehide", end);
