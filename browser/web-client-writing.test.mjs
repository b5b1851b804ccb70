// Acts the web client where somebody writes: what is typed, and what is uploaded beside it, in a company of its own.
import "./web-client/uploading.mjs";
import "./web-client/typing.mjs";
