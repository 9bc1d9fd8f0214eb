// Before anything is painted: the colour scheme, so that a dark room stays dark. A file of its own, because the
// policy of the page allows no inline script.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem('lockstep.scheme');
  } catch {
    // Storage may be denied: the system's scheme it is.
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
