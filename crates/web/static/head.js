// Runs before the page is painted: a dark page must not begin with a white flash, and the words of its language come beside
// the code instead of after it.
{
  const page = document.documentElement;
  let scheme, language;
  try {
    scheme = localStorage.getItem("tweetty.scheme");
    language = localStorage.getItem("tweetty.language");
  } catch {
    // Without storage both are as the system says.
  }
  if (scheme === "light" || scheme === "dark") {
    page.dataset.scheme = scheme;
    document.querySelector('meta[name="color-scheme"]').content = scheme;
  }
  const languages = [language, ...navigator.languages].map((tag) => tag?.slice(0, 2).toLowerCase());
  const words = document.createElement("link");
  words.rel = "preload";
  words.as = "fetch";
  words.crossOrigin = "anonymous";
  words.href = `/assets/${page.dataset.version}/words/${languages.find((tag) => tag === "en" || tag === "ru") ?? "en"}.json`;
  document.head.append(words);
}
