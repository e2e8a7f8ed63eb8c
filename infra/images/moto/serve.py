"""Serves moto's S3 with authentication on, for the credentials that the environment names.

moto can refuse wrong keys and wrong signatures as AWS does, but only after so and so many requests, and only for keys that it made up
itself. Here the user is made before the server listens, and given the key of the environment: there is no moment in which somebody else
gets in, and whoever gets an answer finds everything in place. S3_BUCKET, if it is set, is a bucket to start with.
"""

import json
import os
import signal
import sys

from moto import settings
from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.s3.models import s3_backends
from werkzeug.serving import run_simple

PORT = 5000
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def required(name):
    value = os.environ.pop(name, "")
    if not value:
        sys.exit(f"serve: {name} is not set")
    return value


def make_user(key_id, secret):
    """A user who may do everything, with this key in place of one that moto makes up."""
    iam = iam_backends[DEFAULT_ACCOUNT_ID]["aws"]
    user = iam.create_user("us-east-1", "dogfood")
    iam.put_user_policy(user.name, "everything", json.dumps(EVERYTHING))
    key = user.create_access_key(prefix="AKIA")
    key.access_key_id = key_id
    key.secret_access_key = secret


def main():
    # As process 1 of a container it gets no signal that it does not ask for.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))
    make_user(required("AWS_ACCESS_KEY_ID"), required("AWS_SECRET_ACCESS_KEY"))
    bucket = os.environ.pop("S3_BUCKET", "")
    if bucket:
        s3_backends[DEFAULT_ACCOUNT_ID]["aws"].create_bucket(bucket, "us-east-1")
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    os.environ["MOTO_PORT"] = str(PORT)
    application = DomainDispatcherApplication(create_backend_app)
    run_simple("0.0.0.0", PORT, application, threaded=True, request_handler=MotoRequestHandler)


if __name__ == "__main__":
    main()
