// Acts the web client as those do who come every day, in a company of its own.
import "./web-client/links.mjs";
