"""A client of each protocol, from the libraries that guides use. Reads questions, a list in JSON, from its first argument: service, protocol,
and the values that pages show. Prints the list of the answers."""

import json
import socket
import sys

import boto3
import botocore.exceptions
import paramiko
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobServiceClient
from botocore.config import Config

CONTENT = b"written by a reader\n" * 100
GOOD = "written and read; refused others"


def s3(shown):
    def client(secret):
        # Not every server here knows the checksums that boto3 adds by itself.
        config = Config(
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"total_max_attempts": 1},
            s3={"addressing_style": "path"},
        )
        return boto3.client(
            "s3",
            endpoint_url=shown["S3_ENDPOINT"],
            region_name=shown["AWS_DEFAULT_REGION"],
            aws_access_key_id=shown["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=secret,
            config=config,
        )

    reader = client(shown["AWS_SECRET_ACCESS_KEY"])
    place = {"Bucket": shown["S3_BUCKET"], "Key": "folder/object"}
    reader.put_object(**place, Body=CONTENT)
    read = reader.get_object(**place)["Body"].read()
    reader.delete_object(**place)
    try:
        client("another-secret-of-20-characters").get_object(**place)
    except botocore.exceptions.ClientError as error:
        refused = error.response["Error"]["Code"]
        return GOOD if (read, refused) == (CONTENT, "SignatureDoesNotMatch") else refused
    return "another secret was accepted"


def sftp(shown):
    def connect(password):
        transport = paramiko.Transport(socket.create_connection((shown["SFTP_HOST"], int(shown["SFTP_PORT"])), 10))
        try:
            transport.connect(username=shown["SFTP_USER"], password=password)
        except Exception:
            transport.close()
            raise
        return transport

    try:
        transport = connect(shown["SFTP_PASSWORD"])
    except paramiko.ssh_exception.IncompatiblePeer as error:
        return "no acceptable host key" if "no acceptable host key" in str(error) else str(error)
    with transport, paramiko.SFTPClient.from_transport(transport) as session:
        path = f"{shown['SFTP_BASE']}/file"
        with session.open(path, "wb") as file:
            file.write(CONTENT)
        with session.open(path, "rb") as file:
            read = file.read()
        session.remove(path)
    try:
        connect("another-password").close()
    except paramiko.AuthenticationException:
        return GOOD if read == CONTENT else "read something else"
    return "another password was accepted"


def azure(shown):
    def blob(key):
        account = {"account_name": shown["AZURE_ACCOUNT_NAME"], "account_key": key}
        service = BlobServiceClient(shown["AZURE_ACCOUNT_URL"], credential=account, retry_total=0)
        return service.get_blob_client(shown["AZURE_CONTAINER"], "folder/blob")

    reader = blob(shown["AZURE_ACCOUNT_KEY"])
    reader.upload_blob(CONTENT, overwrite=True)
    read = reader.download_blob().readall()
    reader.delete_blob()
    try:
        blob("YW5vdGhlci1hY2NvdW50LWtleQ==").upload_blob(CONTENT)
    except HttpResponseError as error:
        return GOOD if (read, error.status_code) == (CONTENT, 403) else str(error)
    return "another key was accepted"


def answer(question):
    client = {"s3": s3, "sftp": sftp, "azure": azure}[question["protocol"]]
    try:
        return client(question["shown"])
    except Exception as error:
        return f"{type(error).__name__}: {error}"


print(json.dumps([answer(question) for question in json.loads(sys.argv[1])]))
