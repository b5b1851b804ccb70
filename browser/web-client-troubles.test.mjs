// Acts the web client when something goes wrong, and for everyone, in a company of its own.
import "./web-client/trouble.mjs";
import "./web-client/everyone.mjs";
import "./web-client/languages.mjs";
