-- For http.sh: requests in batches of BATCH (environment), and one line of figures at the end.

local batch = tonumber(os.getenv("BATCH") or "1")
local one

function init(args)
    if os.getenv("ROUTE") == "echo" then
        wrk.method = "POST"
        wrk.body = "0123456789abcdef"
        wrk.headers["Content-Type"] = "application/octet-stream"
    end
    if os.getenv("ROUTE") == "order" then
        wrk.method = "POST"
        wrk.body = assert(io.open(os.getenv("ORDER"))):read("*a")
        wrk.headers["Content-Type"] = "application/json"
    end
    if os.getenv("CLOSE") == "1" then
        wrk.headers["Connection"] = "close"
    end
    one = string.rep(wrk.format(), batch)
end

function request()
    return one
end

function done(summary, latency, requests)
    local errors = summary.errors
    -- An answer that ends its connection is no fault; wrk counts some of those as failed reads.
    print(string.format("figures %d %d %d %d",
        summary.requests, summary.duration, latency:percentile(99),
        errors.connect + errors.write + errors.status + errors.timeout))
end
