-- What wrk sends, and how it prints what came back. The environment says what: wrk has one set of arguments for all.
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
elseif kind == "pages" then
  wrk.headers["api-key"] = os.getenv("BENCH_KEY")
  local path, pages = os.getenv("BENCH_PATH"), number("BENCH_PAGES")
  function request()
    local page = sent % pages + 1
    sent = sent + 1
    return wrk.format("GET", string.format(path, page))
  end
elseif kind == "walk" then
  -- The same walk as in walk.rs: no pair of target and person comes twice.
  local method, first_person, people = os.getenv("BENCH_METHOD"), number("BENCH_FIRST_PERSON"), number("BENCH_PEOPLE")
  local first_target, targets, step = number("BENCH_FIRST_TARGET"), number("BENCH_TARGETS"), number("BENCH_STEP")
  local a_target, start = number("BENCH_CHANGES_A_TARGET"), number("BENCH_START")
  local key, path, floor = os.getenv("BENCH_KEY"), os.getenv("BENCH_PATH"), math.floor
  function request()
    local place = start + sent
    sent = sent + 1
    local target = first_target + (floor(place / a_target) * step) % targets
    local person = first_person + (place + floor(place / (targets * a_target))) % people
    return wrk.format(method, string.format(path, target), { ["api-key"] = string.format(key, person) })
  end
end

-- Looking at each answer costs the client time: only where the status says more than success.
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
