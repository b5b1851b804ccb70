// The shapes of the API that the client reads, and its own.

export interface Person {
  id: number;
  /** The nickname. */
  name: string;
  /** Null or absent where the company gave none. */
  first_name?: string | null;
  last_name?: string | null;
  /** Where their avatar of 96 pixels is; null where they have none, absent where nobody asked. */
  avatar?: string | null;
  /** True of a program, absent of a person. */
  bot?: true;
}

export interface Liker {
  user_id: number;
  name: string;
}

export interface Picture {
  id: number;
  url: string;
  width: number;
  height: number;
  type: string;
  /** What it shows; null where its author said nothing. */
  description: string | null;
  /** Smaller copies, from narrow to wide; absent from servers that make none. */
  variants?: Variant[];
}

/** A smaller copy of a picture, or the first frame of an animation. */
export interface Variant {
  url: string;
  width: number;
  height: number;
  type: string;
  still?: boolean;
}

export interface Tweet {
  id: number;
  content: string;
  media: Picture[];
  author: Person;
  likes: Liker[];
  likes_count: number;
  liked: boolean;
  created_at: string;
}

export interface Profile extends Person {
  /** The same of 256 pixels. */
  avatar_large?: string | null;
  title: string | null;
  department: string | null;
  /** Whether they are one of the company now. */
  active: boolean;
  role: "member" | "moderator" | "communicator";
  /** Who answers for a bot. */
  owner?: Person;
  followers: Person[];
  following: Person[];
  followers_count: number;
  following_count: number;
}

/** A user in a search; lists of followers say no more than the names. */
export interface FoundPerson extends Person {
  followers_count?: number;
}

/** A tweet of mine that somebody removed. */
export interface Removal {
  tweet_id: number;
  content: string;
  reason: string;
  removed_at: string;
}

export interface Limits {
  tweet_length: number;
  /** Absent from servers that know no moderators. */
  reason_length?: number;
  attachments: number;
  description_length: number;
  upload_bytes: number;
  image_formats: string[];
  /** In seconds; null for any. */
  key_lifetime: number | null;
  keys_per_user: number;
  /** Whether pictures are shown to signed-in people alone. */
  media_sign_in?: boolean;
  announcements: number;
}

/** What everybody is shown first. */
export interface Announcement {
  id: number;
  until: string;
  /** Whether people are asked to say that they have read it. */
  acknowledge: boolean;
  acknowledged: boolean;
  /** The tweet's id. */
  tweet: number;
}

/** A key of the user. */
export interface ApiKey {
  id: number;
  /** Null for a first one. */
  label: string | null;
  created_at: string;
  /** A day. */
  last_used_on: string | null;
  ends_at: string | null;
  /** Whether this page uses it. */
  current: boolean;
}

/** A format that phones write and the server does not take. */
export type ForeignKind = "heic" | "avif";

export interface Route {
  name: "feed" | "people" | "settings" | "tweet" | "user" | "followers" | "following" | "nowhere";
  id: number;
  query: URLSearchParams;
  path: string;
  /** False on the way back: what was seen there is shown again. */
  fresh: boolean;
}

/** A picture of the draft, from its choice until the tweet is out. */
export interface DraftPicture extends KeptPicture {
  /** Null after a reload. */
  file: File | null;
  preview: string;
  /** From 0 to 1. */
  progress: number;
  problem: string | null;
  /** Whether the problem may pass, and the file can be sent again. */
  again: boolean;
  /** Whether another tab sends it. */
  elsewhere: boolean;
  stop: AbortController;
}

/** What storage keeps of it. */
export interface KeptPicture {
  number: number;
  name: string;
  /** Small, as a data URL; empty until it is made. */
  thumbnail: string;
  mediaId: number | null;
  /** What it shows, in the author's words; empty until they say so. */
  description: string;
  /** Whether it moved before the server made a still picture of it. */
  still: boolean;
  /** When, in milliseconds. */
  uploaded: number;
}

export interface KeptDraft {
  author: number;
  text: string;
  pictures: KeptPicture[];
}

/** A draft whose author's key has ended. */
export interface Draft {
  author: number;
  text: string;
  pictures: DraftPicture[];
  /** Whether the write window was open. */
  writing: boolean;
  sitting: number;
  /** Whether it turned out to be published. */
  published: boolean;
}

export interface Notice {
  number: number;
  text: string;
  bad: boolean;
  link?: { path: string; text: string };
}
