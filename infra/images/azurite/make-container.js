// make-container.js NAME: makes that container in the account of AZURITE_ACCOUNTS, and exits with 0 when it is there, made now or before.
// A signed request of the Blob service, by hand: nothing that could do it is in this image.
"use strict";
const crypto = require("node:crypto");
const http = require("node:http");

const name = process.argv[2];
const [account, key] = (process.env.AZURITE_ACCOUNTS || "").split(";")[0].split(":");
if (!name || !account || !key) {
  console.error("usage: make-container.js NAME, with AZURITE_ACCOUNTS=ACCOUNT:KEY");
  process.exit(64);
}

const headers = { "x-ms-date": new Date().toUTCString(), "x-ms-version": "2021-12-02", "content-length": "0" };
// The account stands in the path of an emulator's address, and once more in what is signed.
const resource = `/${account}/${account}/${name}\nrestype:container`;
const signed = `PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:${headers["x-ms-date"]}\nx-ms-version:${headers["x-ms-version"]}\n${resource}`;
const signature = crypto.createHmac("sha256", Buffer.from(key, "base64")).update(signed, "utf8").digest("base64");
headers.authorization = `SharedKey ${account}:${signature}`;

const request = { host: "127.0.0.1", port: 10000, method: "PUT", path: `/${account}/${name}?restype=container`, headers, timeout: 4000 };
http
  .request(request, (answer) => {
    answer.resume();
    if (answer.statusCode !== 201 && answer.statusCode !== 409) {
      console.error(`${answer.statusCode} ${answer.statusMessage}`);
      process.exit(1);
    }
  })
  .on("timeout", () => process.exit(1))
  .on("error", (error) => {
    console.error(error.message);
    process.exit(1);
  })
  .end();
