// What a list takes from the server's answer.
import { keep } from "../state/tweets.js";

/** @import { FoundPerson, Tweet } from "../types.js" */

/** @param {{tweets: Tweet[]}} body */
export const tweetIds = (body) => body.tweets.map((tweet) => keep(tweet));

/** @param {{users: FoundPerson[]}} body */
export const people = (body) => body.users;

/** @param {{likers: FoundPerson[]}} body */
export const likers = (body) => body.likers;
