"""An operator on requests-oauth2client: prints where the browser is to go, reads where it came back to, prints what came of it."""

import argparse
import json
from pathlib import Path

from requests_oauth2client import OAuth2Client, PrivateKeyJwt

parser = argparse.ArgumentParser()
for name in ["issuer", "client-id", "redirect-uri", "key"]:
    parser.add_argument(f"--{name}", required=True)
args = parser.parse_args()

key = json.loads(Path(args.key).read_text())
client = OAuth2Client.from_discovery_endpoint(
    issuer=args.issuer,
    auth=PrivateKeyJwt(args.client_id, key, aud=args.issuer),
    redirect_uri=args.redirect_uri,
    dpop_bound_access_tokens=True,
    testing=True,
)
request = client.authorization_request(scope="play")
print(client.pushed_authorization_request(request).uri, flush=True)
answer = request.validate_callback(input())
tokens = client.authorization_code(answer)
kind = tokens.token_type
standing = client.introspect_token(tokens)["active"]
renewed = 0
for _ in range(12):
    tokens = client.refresh_token(tokens)
    renewed += 1
client.revoke_access_token(tokens)
ended = not client.introspect_token(tokens)["active"]
print(json.dumps({"type": kind, "standing": standing, "renewed": renewed, "ended": ended}), flush=True)
