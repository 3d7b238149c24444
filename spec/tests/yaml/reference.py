"""Reads the YAML file named on the command line by PyYAML with the core schema of YAML 1.2, and
prints it as JSON with every key as the text it is written as."""

import json
import re
import sys

import yaml


class Core(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """PyYAML resolves by YAML 1.1; these are the rules of 1.2."""

    yaml_implicit_resolvers = {}


def resolve(tag, pattern, first):
    Core.add_implicit_resolver(tag, re.compile(pattern), first)


resolve("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""])
resolve("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF"))
resolve("tag:yaml.org,2002:int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", list("-+0123456789"))
resolve(
    "tag:yaml.org,2002:float",
    r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$",
    list("-+.0123456789"),
)
resolve("tag:yaml.org,2002:merge", r"^<<$", ["<"])


def integer(loader, node):
    text = node.value
    if text.startswith("0o"):
        return int(text[2:], 8)
    if text.startswith("0x"):
        return int(text[2:], 16)
    return int(text)


def mapping(loader, node, deep=True):
    loader.flatten_mapping(node)
    out = {}
    for key, value in node.value:
        value = loader.construct_object(value, deep=True)
        # The fuller of two values of one key.
        if key.value in out and value in ("", None, [], {}):
            continue
        out[key.value or "null"] = value
    return out


Core.add_constructor("tag:yaml.org,2002:int", integer)
Core.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))
Core.add_constructor("tag:yaml.org,2002:map", mapping)

with open(sys.argv[1], encoding="utf-8") as file:
    json.dump(yaml.load(file, Core), sys.stdout)
