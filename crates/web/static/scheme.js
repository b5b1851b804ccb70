// Runs before the page is painted: a dark page must not begin with a white flash.
try {
  const scheme = localStorage.getItem("tweetty.scheme");
  if (scheme === "light" || scheme === "dark") {
    document.documentElement.dataset.scheme = scheme;
    document.querySelector('meta[name="color-scheme"]').content = scheme;
  }
} catch {
  // Without storage it is as the system says.
}
