#!/usr/bin/env python3
"""Compares the framework's verdicts on parameters and forms with those of openapi-core and
openapi-backend.

    python3 tests/peers/verdicts.py [--shared FOLDER] [--every N] [--list]

Each request is judged by all three: taken or refused. Where they differ, the reason has to be in
`reasons.json` beside this file; a difference without one is a failure. `--every N` judges one request
in N; `--list` prints every difference.

It needs `openapi-core` (pip) and `openapi-backend` (npm, found through NODE_PATH or beside this file),
and the program `verdicts` of this package, which it builds.
"""

import argparse
import fnmatch
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote, unquote

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
METHODS = ("get", "put", "post", "delete", "patch")


def load(path):
    if path.suffix == ".json":
        return json.loads(path.read_text())
    import yaml
    return yaml.safe_load(path.read_text())


# Values --------------------------------------------------------------------------------------------

TEXTS = ["", "a", "two words", "é", "a,b", "a;b", "a=b", "a&b", "a%b", "a+b", ".", "a/b", "x" * 200]
LISTS = [[], ["a"], ["a", "b"], ["a b", "c"], ["a,b", "c"], ["é", ""]]
OBJECTS = [{}, {"name": "a"}, {"name": "a", "description": "b c"}, {"name": "é", "other": "x"}]
# As they stand, whatever the style.
ODD = ["%", "%zz", "%FF", "%00", ";", ".", "name", "name,a,description", "a,,b", ",", "=", "{}", "[1]"]


def escape(text):
    return quote(text, safe="")


def flat(value, between, explode_pairs):
    """An array or object as the styles without prefix write it."""
    if isinstance(value, dict):
        if explode_pairs:
            return between.join(f"{escape(k)}={escape(v)}" for k, v in value.items())
        return between.join(part for k, v in value.items() for part in (escape(k), escape(v)))
    return between.join(escape(v) for v in value)


def in_path(name, value, style, explode):
    if style == "label":
        if isinstance(value, str):
            return "." + escape(value)
        return "." + flat(value, "." if explode else ",", explode)
    if style == "matrix":
        if isinstance(value, str):
            return f";{name}={escape(value)}"
        if not explode:
            return f";{name}=" + flat(value, ",", False)
        if isinstance(value, dict):
            return "".join(f";{escape(k)}={escape(v)}" for k, v in value.items())
        return "".join(f";{name}={escape(v)}" for v in value)
    if isinstance(value, str):
        return escape(value)
    return flat(value, ",", explode)


def in_query(name, value, style, explode):
    if isinstance(value, str):
        return [f"{name}={escape(value)}"]
    if style == "deepObject" and isinstance(value, dict):
        return [f"{name}[{escape(k)}]={escape(v)}" for k, v in value.items()]
    between = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}.get(style, ",")
    if not explode or style not in ("form", None):
        return [f"{name}={flat(value, between, False)}"]
    if isinstance(value, dict):
        return [f"{escape(k)}={escape(v)}" for k, v in value.items()]
    return [f"{name}={escape(v)}" for v in value]


def plain(value, explode):
    """A header field, in which nothing is escaped."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        pairs = value.items()
        return ",".join(f"{k}={v}" if explode else f"{k},{v}" for k, v in pairs)
    return ",".join(value)


# Requests ------------------------------------------------------------------------------------------


def parameters_of(item, operation):
    found = {}
    for one in item.get("parameters", []) + operation.get("parameters", []):
        found[one["in"], one["name"]] = one
    return list(found.values())


def values_for(schema):
    kind = schema.get("type")
    if kind == "array":
        return LISTS
    return OBJECTS if kind == "object" else TEXTS


def first_value(schema):
    return values_for(schema)[1]


def encoded(one, value):
    """The places of one parameter with that value: what it adds to path, query, fields, cookies."""
    style, schema = one.get("style"), one.get("schema", {})
    explode = one.get("explode", style in (None, "form") and one["in"] in ("query", "cookie"))
    name = one["name"]
    if one["in"] == "path":
        return {"path": {name: in_path(name, value, style, explode)}}
    if one["in"] == "query":
        return {"query": in_query(name, value, style, explode)}
    if one["in"] == "header":
        return {"fields": [[name, plain(value, explode)]]}
    return {"cookies": in_query(name, value, "form", explode)}


def raw(one, text):
    name = one["name"]
    if one["in"] == "path":
        return {"path": {name: text}}
    if one["in"] == "query":
        return {"query": [f"{name}={text}"]}
    if one["in"] == "header":
        return {"fields": [[name, text]]}
    return {"cookies": [f"{name}={text}"]}


def assemble(method, path, parts):
    target, query, fields, cookies = path, [], [], []
    for part in parts:
        for name, text in part.get("path", {}).items():
            target = target.replace("{%s}" % name, text)
        query += part.get("query", [])
        fields += part.get("fields", [])
        cookies += part.get("cookies", [])
    if query:
        target += "?" + "&".join(query)
    if cookies:
        fields = fields + [["Cookie", "; ".join(cookies)]]
    if any(not value.isascii() for _, value in fields):
        return None
    return {"method": method.upper(), "target": target, "fields": fields, "body": None}


def parameter_requests(document):
    for path, item in document["paths"].items():
        for method in METHODS:
            operation = item.get(method)
            if not operation or "requestBody" in operation:
                continue
            all_of = parameters_of(item, operation)
            usual = [encoded(one, first_value(one.get("schema", {}))) for one in all_of]
            variants = [("usual", usual)]
            for at, one in enumerate(all_of):
                def instead(part):
                    # Beside it only what must be there, so that one verdict is about one parameter.
                    others = [part for part, own in zip(usual, all_of) if own.get("required") and own is not one]
                    return others + ([part] if part else [])
                label = f"{one['in']} {one['name']}"
                for value in values_for(one.get("schema", {})):
                    variants.append((f"{label} {value!r}", instead(encoded(one, value))))
                for text in ODD:
                    variants.append((f"{label} raw {text!r}", instead(raw(one, text))))
                if one["in"] != "path":
                    variants.append((f"{label} missing", instead(None)))
                    twice = instead(None) + [usual[at], usual[at]]
                    variants.append((f"{label} twice", twice))
            for label, parts in variants:
                request = assemble(method, path, parts)
                # A path that a parameter leaves empty, or takes apart, is another path.
                if request and "//" not in request["target"] and "{" not in request["target"]:
                    yield f"{operation['operationId']}: {label}", request


FORM = "application/x-www-form-urlencoded"
FIELDS = {
    "/testFormURLEncoded": {
        "id": ["1", "-1", "1.0", "1.5", "x", "", "1e2", "99999999999999999999", " 1", "+1"],
        "uuid": ["0c3f9a52-7d0b-4c8e-9f7e-3a1d2b4c5d6e", "0C3F9A52-7D0B-4C8E-9F7E-3A1D2B4C5D6E",
                 "0c3f9a52", "", "{0c3f9a52-7d0b-4c8e-9f7e-3a1d2b4c5d6e}"],
        "description": ["a", "", "%C3%A9", "a+b", "%FF", "%"],
        "array": ["a", "a&array=b", "", "a%2Cb"],
        "object": ["{}", '{"max":1}', '{"max":"x"}', '{"min":1}', "x", "max,1"],
        "deepObject[max]": ["1", "x", "", "1&deepObject[min]=2", "1&deepObject[min]=x", "1&deepObject[y]=z"],
        "deepObject[min]": ["1"],
        "other": ["x"],
    },
    "/onlyForm": {
        "field": ["1", "-7", "0", "x", "", "1.5", "1.0", "1e3", "1&field=2", "%31", "+1", "01", "true"],
        "other": ["1"],
    },
}


def form_requests(document):
    for path, fields in FIELDS.items():
        operation = document["paths"][path]["post"]["operationId"]
        required = {"/testFormURLEncoded": "description=d", "/onlyForm": "field=1"}[path]
        bodies = ["", required, f"{required}&{required}", "&", "=", "a", f"{required}&", f"&{required}"]
        for name, values in fields.items():
            for value in values:
                body = f"{name}={value}"
                bodies += [body, f"{required}&{body}" if not required.startswith(name) else body]
        for body in dict.fromkeys(bodies):
            request = {"method": "POST", "target": path, "fields": [["Content-Type", FORM]], "body": body}
            yield f"{operation}: {body!r}", request


# Judges --------------------------------------------------------------------------------------------


def ours(document, requests):
    program = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug" / "verdicts"
    subprocess.run(["cargo", "build", "--quiet", "--locked", "-p", "whole-server-tests", "--bin",
                    "verdicts"], cwd=ROOT, check=True)
    lines = "\n".join(json.dumps(request) for request in requests) + "\n"
    ran = subprocess.run([program, document], input=lines, stdout=subprocess.PIPE, text=True, check=True)
    return [status == "204" for status in ran.stdout.split()]


def openapi_core(document, requests):
    import openapi_core
    from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest
    from werkzeug.wrappers import Request

    api = openapi_core.OpenAPI.from_dict(json.loads(Path(document).read_text()))
    verdicts = []
    for request in requests:
        path, _, query = request["target"].partition("?")
        body = (request["body"] or "").encode()
        environ = {
            "REQUEST_METHOD": request["method"], "SCRIPT_NAME": "", "QUERY_STRING": query,
            # As servers of WSGI do it.
            "PATH_INFO": unquote(path, encoding="latin-1"), "RAW_URI": request["target"],
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "HTTP_HOST": "localhost",
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
        }
        if request["body"] is not None:
            environ["CONTENT_LENGTH"] = str(len(body))
        for name, value in request["fields"]:
            key = name.upper().replace("-", "_")
            key = key if key == "CONTENT_TYPE" else "HTTP_" + key
            environ[key] = f"{environ[key]},{value}" if key in environ else value
        try:
            api.validate_request(WerkzeugOpenAPIRequest(Request(environ)))
            verdicts.append(True)
        except Exception:
            verdicts.append(False)
    return verdicts


def openapi_backend(document, requests):
    lines = "\n".join(json.dumps(request) for request in requests) + "\n"
    ran = subprocess.run(["node", HERE / "openapi-backend.cjs", document], input=lines,
                         stdout=subprocess.PIPE, text=True, check=True)
    return [line == "true" for line in ran.stdout.split()]


JUDGES = [("openapi-core", openapi_core), ("openapi-backend", openapi_backend)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", default=os.environ.get("BRRT_SHARED", ROOT.parent / "shared"))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    reasons = json.loads((HERE / "reasons.json").read_text())
    used, unexplained, judged, table = set(), [], 0, {}
    for name, make in [("readme-parameters-style-3.1.yaml", parameter_requests),
                       ("ogen-form.json", form_requests)]:
        document = load(Path(options.shared) / "specs" / name)
        # Paths that a fragment tells apart are one path to a server.
        document["paths"] = {p: item for p, item in document["paths"].items() if "#" not in p}
        document["servers"] = [{"url": "http://localhost"}]
        labels, requests = zip(*list(make(document))[::options.every])
        judged += len(requests)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(document, file)
            file.flush()
            own = ours(file.name, requests)
            for peer, judge in JUDGES:
                theirs = judge(file.name, requests)
                assert len(own) == len(theirs) == len(requests)
                for label, request, a, b in zip(labels, requests, own, theirs):
                    if a == b:
                        continue
                    said = "taken by us" if a else "refused by us"
                    reason = next((at for at, one in enumerate(reasons)
                                   if one["peer"] == peer and one["said"] == said
                                   and any(fnmatch.fnmatchcase(label, like) for like in one["requests"])), None)
                    line = f"{peer}: {said}: {label} | {request['target']} {request['fields']} {request['body']!r}"
                    if reason is None:
                        unexplained.append(line)
                    else:
                        used.add(reason)
                        table[reason] = table.get(reason, 0) + 1
                    if options.list:
                        print(line)
    print(f"{judged} requests judged by three")
    for at, count in sorted(table.items()):
        one = reasons[at]
        print(f"{count:5} {one['said']}, not by {one['peer']}: {one['reason']}")
    for line in unexplained:
        print("UNEXPLAINED", line)
    if options.every == 1:
        for at, one in enumerate(reasons):
            if at not in used:
                print("IN VAIN", one)
                unexplained.append(one)
    sys.exit(1 if unexplained else 0)


if __name__ == "__main__":
    main()
