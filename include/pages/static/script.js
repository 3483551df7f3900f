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
