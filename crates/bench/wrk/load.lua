-- What wrk sends, and how it tells what came back. The environment says what: wrk has one set of arguments for all.
-- wrk runs with one thread, so the counters here see every request.

local function number(name) return tonumber(os.getenv(name)) end

local kind = os.getenv("BENCH_KIND")
local expected = number("BENCH_STATUS")

-- Read by done() through the thread, so they are no locals.
unexpected = 0
local sent = 0

if kind == "get" then
  wrk.headers["api-key"] = os.getenv("BENCH_KEY")
elseif kind == "post" then
  wrk.method = "POST"
  wrk.headers["api-key"] = os.getenv("BENCH_KEY")
  wrk.headers["Content-Type"] = os.getenv("BENCH_TYPE")
  local file = assert(io.open(os.getenv("BENCH_BODY"), "rb"))
  wrk.body = file:read("*a")
  file:close()
elseif kind == "likes" then
  -- The same walk as in likes.rs: no pair of tweet and liker comes twice.
  local method, first_liker, likers = os.getenv("BENCH_METHOD"), number("BENCH_FIRST_LIKER"), number("BENCH_LIKERS")
  local first_tweet, tweets, step = number("BENCH_FIRST_TWEET"), number("BENCH_TWEETS"), number("BENCH_STEP")
  local a_tweet, start = number("BENCH_LIKES_A_TWEET"), number("BENCH_START")
  local floor = math.floor
  function request()
    local place = start + sent
    sent = sent + 1
    local tweet = first_tweet + (floor(place / a_tweet) * step) % tweets
    local liker = first_liker + (place + floor(place / (tweets * a_tweet))) % likers
    local headers = { ["api-key"] = string.format(os.getenv("BENCH_KEY"), liker) }
    return wrk.format(method, "/api/tweets/" .. tweet .. "/likes", headers)
  end
end

-- Looking at each answer costs the client time: only where the status tells more than success.
if expected then
  function response(status)
    if status ~= expected then unexpected = unexpected + 1 end
  end
end

local measuring
function setup(thread) measuring = thread end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "measured %d %d %d %d %d %d %d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.timeout, errors.status, measuring:get("unexpected")
  ))
end
