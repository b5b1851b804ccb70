// Behaves as the web page of the customers does: the calls, the order, the fields it reads, and nothing else.
// It starts with the key `test`, sends empty parameters, compares ids with ===, and judges by the status alone.
const api = axios.create({ baseURL: "/api", headers: { "api-key": "test" } });
const $ = (id) => document.getElementById(id);
const pageSize = 5;
let me;
let page = 1;

async function start() {
  const answer = await api.get("/users/me");
  me = answer.data.user;
  $("name").textContent = me.name;
  $("followers").textContent = me.followers.length;
  $("following").textContent = me.following.length;
  await showFeed("?offset=&limit=");
}

async function showFeed(query) {
  const answer = await api.get(`/tweets${query}`);
  $("feed").replaceChildren(...answer.data.tweets.map(card));
}

function card(tweet) {
  const element = document.createElement("article");
  element.id = `tweet-${tweet.id}`;
  const own = tweet.likes.some((like) => like.user_id === me.id);
  const author = document.createElement("a");
  author.textContent = tweet.author.name;
  author.className = "author";
  author.onclick = () => showProfile(tweet.author.id);
  const text = document.createElement("p");
  text.textContent = tweet.content;
  const time = document.createElement("time");
  time.textContent = new Date(tweet.stamp).toISOString();
  const like = document.createElement("button");
  like.className = "like";
  like.dataset.own = own;
  like.textContent = `♥ ${tweet.likes.length}`;
  like.onclick = () => act(own ? api.delete(`/tweets/${tweet.id}/likes`) : api.post(`/tweets/${tweet.id}/likes`));
  const images = tweet.attachments.map((url) => Object.assign(document.createElement("img"), { src: url }));
  element.append(author, " ", time, text, ...images, like);
  if (tweet.author.id === me.id) {
    const remove = document.createElement("button");
    remove.className = "delete";
    remove.textContent = "Delete";
    remove.onclick = () => act(api.delete(`/tweets/${tweet.id}`));
    element.append(remove);
  }
  return element;
}

async function showProfile(id) {
  const { user } = (await api.get(`/users/${id}`)).data;
  const follows = user.followers.some((follower) => follower.id === me.id);
  const button = document.createElement("button");
  button.id = "follow";
  button.textContent = follows ? "Unfollow" : "Follow";
  button.onclick = async () => {
    await (follows ? api.delete(`/users/${id}/follow`) : api.post(`/users/${id}/follow`));
    await showProfile(id);
  };
  const heading = document.createElement("h2");
  heading.textContent = user.name;
  $("feed").replaceChildren(heading, button);
}

async function act(request) {
  try {
    await request;
    $("problem").textContent = "";
  } catch (error) {
    $("problem").textContent = error.response.data.error_message;
  }
  await showFeed("?offset=&limit=");
}

$("draft").onsubmit = async (event) => {
  event.preventDefault();
  const { text, files } = event.target.elements;
  const upload = async (file) => {
    const form = new FormData();
    form.append("file", file);
    const headers = { "Content-Type": "multipart/form-data" };
    return (await api.post("/medias", form, { headers })).data.media_id;
  };
  const ids = await Promise.all([...files.files].map(upload));
  await act(api.post("/tweets", { tweet_data: text.value, tweet_media_ids: ids }));
};

$("more").onclick = () => showFeed(`?offset=${page++}&limit=${pageSize}`);
start();
