// Acts the web client as those do who come every day, in a company of its own.
import "./web-client/bots.mjs";
import "./web-client/focus.mjs";
import "./web-client/habits.mjs";
import "./web-client/links.mjs";
import "./web-client/moderation.mjs";
import "./web-client/names.mjs";
import "./web-client/periods.mjs";
import "./web-client/tabs.mjs";
