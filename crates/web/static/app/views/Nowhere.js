import { html } from "../html.js";
import { Empty } from "../components/Empty.js";
import { Heading } from "../components/Heading.js";
import { t } from "../text/words.js";

export function Nowhere() {
  return html`<${Heading} title=${t("nowhere")} /><${Empty} title=${t("nowhere")} text=${t("nowhere.text")}><a class="button" href="/">${t("home.go")}</a><//>`;
}
