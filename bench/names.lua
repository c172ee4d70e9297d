-- One name a request, from the files that NAMES names (a name a line), each thread from another place in them.
local names = {}
for line in io.lines(os.getenv("NAMES")) do
  names[#names + 1] = line
end
local threads = 0
function setup(thread)
  threads = threads + 1
  thread:set("start", threads * 7919)
end
local next = 0
function request()
  if next == 0 then next = start end
  next = next + 1
  return wrk.format("POST", "/match/default", { ["Content-Type"] = "application/json" }, names[next % #names + 1])
end
function response(status)
  if status ~= 200 then failed = (failed or 0) + 1 end
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("%.0f matches/s, p50 %.2f ms, p99 %.2f ms; %d not 200, %d broken off\n",
    summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
