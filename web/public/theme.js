/* Runs before the first paint, so that no light page flashes in the dark. The choice: src/stores/theme.ts. */
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem("leadline.theme");
  } catch (error) {
    choice = null; // storage is off: the system decides
  }
  var dark = choice ? choice === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
