"""What openapi-spec-validator says of documents: one JSON object a line, {"file", "verdict", "reason"}.

    python validate.py SECONDS FILE...

The verdict is "accepted", "refused", "fails" where it ends with an error of its own, and "no answer"
after so many seconds for one document. It is given no network and 2 GiB of memory.
"""

import json
import resource
import signal
import socket
import sys

import yaml
from jsonschema.exceptions import ValidationError
from openapi_spec_validator import validate
from openapi_spec_validator.exceptions import OpenAPISpecValidatorError
from openapi_spec_validator.readers import read_from_filename
from referencing.exceptions import NoSuchAnchor, PointerToNowhere, Unresolvable

REFUSALS = (
    NoSuchAnchor,
    OpenAPISpecValidatorError,
    OSError,
    PointerToNowhere,
    Unresolvable,
    ValidationError,
    yaml.YAMLError,
)


class NoAnswer(BaseException):
    pass


def no_answer(*_):
    raise NoAnswer


def no_network(*_, **__):
    raise OSError("there is no network")


def judge(file, seconds):
    signal.alarm(seconds)
    try:
        document, uri = read_from_filename(file)
        validate(document, base_uri=uri)
        return "accepted", ""
    except REFUSALS as error:
        return "refused", str(error)
    except NoAnswer:
        return "no answer", ""
    except Exception as error:
        return "fails", f"{type(error).__name__}: {error}"
    finally:
        signal.alarm(0)


def main():
    socket.getaddrinfo = no_network
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    signal.signal(signal.SIGALRM, no_answer)
    for file in sys.argv[2:]:
        verdict, reason = judge(file, int(sys.argv[1]))
        reason = reason.split("\n")[0][:200]
        print(json.dumps({"file": file, "verdict": verdict, "reason": reason}), flush=True)


main()
