"use strict";

// Airflow keeps the choice of its own switch here: light, dark, or system. Set before anything is painted.
function followTheme() {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}
followTheme();
addEventListener("storage", followTheme);

// Airflow shows the pages in a frame that may not lead its own page elsewhere; a link of Airflow's page may.
addEventListener("click", (event) => {
  const link = event.target.closest("a[data-airflow]");
  if (!link || parent === window || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const outside = parent.document.createElement("a");
  outside.href = link.href;
  parent.document.body.append(outside);
  outside.click();
  outside.remove();
});

// Reads the page again and puts in what is marked data-live; everything else, the focus included, stays.
async function refresh(button) {
  const status = document.querySelector("[data-refresh-status]");
  try {
    const answer = await fetch(button.href);
    if (!answer.ok) throw new Error(answer.status);
    const read = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const old of document.querySelectorAll("[data-live]")) {
      const fresh = read.getElementById(old.id);
      for (const [index, open] of [...old.querySelectorAll("details")].entries()) {
        const again = fresh.querySelectorAll("details")[index];
        if (open.open && again) again.open = true;
      }
      const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
      old.replaceChildren(...fresh.childNodes);
      if (focused) goTo(document.getElementById(focused));
    }
    sayTimes();
    status.textContent = `${button.dataset.done} ${new Date().toLocaleTimeString(document.documentElement.lang)}`;
  } catch {
    status.textContent = button.dataset.failed;
  }
}

// A row of days is one stop for the Tab key; the arrow keys lead from day to day.
function goTo(one) {
  if (!one) return;
  for (const other of one.closest("[data-days]")?.children ?? []) other.setAttribute("tabindex", other === one ? 0 : -1);
  one.focus();
}
addEventListener("keydown", (event) => {
  const days = [...(event.target.closest("[data-days]")?.children ?? [])];
  const place = days.indexOf(event.target);
  const places = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: days.length - 1 };
  if (place < 0 || !(event.key in places)) return;
  event.preventDefault();
  goTo(days[places[event.key]]);
});
// What a day stands for is written below its row.
for (const kind of ["focusin", "pointerover"]) {
  addEventListener(kind, (event) => {
    const day = event.target.closest("[data-days] > a");
    if (day) day.closest("figure").querySelector("[data-said]").textContent = day.getAttribute("aria-label");
  });
}

addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("[data-refresh]");
  const auto = document.querySelector("[data-auto-refresh]");
  if (!button || !auto) return;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    refresh(button);
  });
  auto.closest("[data-needs-script]").hidden = false;
  auto.checked = localStorage.getItem("serviceportal-auto-refresh") === "yes";
  auto.addEventListener("change", () => localStorage.setItem("serviceportal-auto-refresh", auto.checked ? "yes" : "no"));
  setInterval(() => auto.checked && !document.hidden && refresh(button), 30000);
});

// An answer that is still being worked out is asked for again; where a page is only read, at the same place in it.
addEventListener("DOMContentLoaded", () => {
  const again = document.querySelector("form[data-again]");
  if (again) setTimeout(() => (again.method === "get" ? location.reload() : again.submit()), 1500);
});

// Copies the text of a field; where the browser does not let a page do that, the text is selected.
async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  const status = document.querySelector("[data-copy-status]");
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    status.textContent = button.dataset.done;
  } catch {
    status.textContent = button.dataset.failed;
  }
}

addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("[data-copy]");
  if (!button) return;
  button.closest("[data-needs-script]").hidden = false;
  button.addEventListener("click", () => copy(button));
});

// Times are written as in Europe/Berlin; who reads elsewhere gets his own, also in the label of what a time stands in.
function sayTimes() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || zone === "Europe/Berlin") return;
  const sign = document.documentElement.lang === "de" ? "de-DE" : "sv-SE"; // Swedes write 2026-11-24 08:15
  const two = "2-digit";
  const minute = { year: "numeric", month: two, day: two, hour: two, minute: two };
  const clock = { hour: two, minute: two, second: two };
  const parts = { minute, second: { ...minute, second: two }, clock };
  for (const time of document.querySelectorAll("time[data-zoned]")) {
    const written = time.textContent;
    time.textContent = new Date(time.dateTime).toLocaleString(sign, parts[time.dataset.zoned]).replace(",", "");
    delete time.dataset.zoned; // said
    const labelled = time.closest("[aria-label]");
    labelled?.setAttribute("aria-label", labelled.getAttribute("aria-label").replace(written, time.textContent));
  }
  for (const named of document.querySelectorAll("[data-zone]")) named.textContent = zone;
}
addEventListener("DOMContentLoaded", sayTimes);
