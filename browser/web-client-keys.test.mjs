// Acts the web client as those do who have several keys, in a company of its own.
import "./web-client/keys.mjs";
