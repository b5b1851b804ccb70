// Acts the web client as those do who have several keys or announce something, in a company of its own.
import "./web-client/announcements.mjs";
import "./web-client/keys.mjs";
