//! The port of the images on a folder: decode, re-encode, name, write, sweep.
