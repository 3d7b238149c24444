#!/usr/bin/env python3
"""Checks licences, bans and sources of all that Cargo.lock holds against deny.toml."""

import json
import re
import subprocess
import sys
import tomllib

with open("deny.toml", "rb") as file:
    rules = tomllib.load(file)

metadata = json.loads(
    subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"],
        check=True,
        capture_output=True,
    ).stdout
)

allowed = set(rules["licenses"]["allow"])
banned = {ban["name"]: ban["reason"] for ban in rules["bans"]["deny"]}
sources = {"registry+" + source for source in rules["sources"]["allow-registry"]}


def is_allowed(expression):
    """Whether an SPDX expression can be satisfied with what is allowed."""
    tokens = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))

    def either():
        good = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            good = both() or good
        return good

    def both():
        good = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            good = one() and good
        return good

    def one():
        token = tokens.pop(0)
        if token == "(":
            good = either()
            tokens.pop(0)
            return good
        if tokens and tokens[0] == "WITH":
            token = " ".join([token, tokens.pop(0), tokens.pop(0)])
        return token in allowed

    good = either()
    return good and not tokens


faults = []
for package in metadata["packages"]:
    name = f"{package['name']} {package['version']}"
    licence = package["license"]
    if not licence or not is_allowed(licence):
        faults.append(f"{name}: the licence {licence!r} is not allowed")
    if package["name"] in banned:
        faults.append(f"{name}: banned, since it {banned[package['name']]}")
    if package["source"] is None:
        for dependency in package["dependencies"]:
            if dependency["req"] == "*" and dependency["source"]:
                faults.append(f"{name}: any version of {dependency['name']} is taken")
    elif package["source"] not in sources:
        faults.append(f"{name}: comes from {package['source']}")

print("\n".join(faults) or f"{len(metadata['packages'])} packages are as deny.toml wants them")
sys.exit(1 if faults else 0)
