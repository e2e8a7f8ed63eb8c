"""Asks this container's own server, with moto's own boto3: for clients that only sign in the address, which moto answers with an error as soon
as its authentication is on.

  client.py ready       exits with 0 if an object goes to the server and comes back the same; leaves nothing behind
  client.py fresh NAME  makes that bucket
"""

import os
import sys

import boto3
from botocore.config import Config


def client():
    # One try: whoever asks comes again.
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=5, s3={"addressing_style": "path"})
    return boto3.client("s3", endpoint_url="http://127.0.0.1:5000", region_name="us-east-1", config=config)


def ready(s3):
    place = {"Bucket": f"ready-{os.getpid()}", "Key": "object"}
    s3.create_bucket(Bucket=place["Bucket"])
    s3.put_object(**place, Body=b"ready")
    read = s3.get_object(**place)["Body"].read()
    s3.delete_object(**place)
    s3.delete_bucket(Bucket=place["Bucket"])
    return read == b"ready"


def main():
    match sys.argv[1:]:
        case ["ready"]:
            sys.exit(0 if ready(client()) else "client: read something else than was written")
        case ["fresh", name]:
            client().create_bucket(Bucket=name)
        case _:
            sys.exit("usage: client.py ready | fresh NAME")


if __name__ == "__main__":
    main()
