"""The metrics as the parser of Prometheus' client for Python reads them.

    metrics.py FILE
"""

import sys

from prometheus_client.parser import text_fd_to_metric_families


def main():
    with open(sys.argv[1], encoding="utf-8", newline="\n") as file:
        families = {one.name: one for one in text_fd_to_metric_families(file)}
    kinds = {name: family.type for name, family in families.items()}
    expected = {
        "http_requests": "counter",
        "http_request_duration_seconds": "histogram",
        "http_requests_in_flight": "gauge",
        "pets_by__kind_": "gauge",
    }
    if kinds != expected:
        sys.exit(f"FAILED: {kinds}")
    samples = {name: family.samples for name, family in families.items()}
    requests = {
        (one.labels["method"], one.labels["route"], one.labels["status"]): one.value
        for one in samples["http_requests"]
    }
    for key, value in {
        ("GET", "/pets", "2xx"): 1,
        ("GET", "/pets", "4xx"): 1,
        ("other", "", "4xx"): 1,
    }.items():
        if requests.get(key) != value:
            sys.exit(f"FAILED: {key}: {requests}")
    check_histograms(samples["http_request_duration_seconds"])
    pets = {one.labels["kind"]: one.value for one in samples["pets_by__kind_"]}
    if pets != {'a "cat"\n\\': 2.5, "none": float("inf")}:
        sys.exit(f"FAILED: {pets}")
    print(f"ok: {sum(map(len, samples.values()))} samples are read as they were meant")


def check_histograms(samples):
    """Buckets only grow, and the last holds as many as were counted."""
    buckets, counts = {}, {}
    for one in samples:
        key = (one.labels["method"], one.labels["route"])
        if one.name.endswith("_bucket"):
            buckets.setdefault(key, []).append((float(one.labels["le"]), one.value))
        elif one.name.endswith("_count"):
            counts[key] = one.value
    for key, own in buckets.items():
        values = [value for _, value in sorted(own)]
        if values != sorted(values) or values[-1] != counts[key]:
            sys.exit(f"FAILED: {key}: {own}, {counts[key]}")
    if buckets.keys() != counts.keys():
        sys.exit("FAILED: a histogram without its count")


if __name__ == "__main__":
    main()
