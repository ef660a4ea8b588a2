"""An operator on idpyoidc: prints where the browser is to go, reads where it came back to, prints what came of it.

Its add-on for pushed requests sends a request object, which FAPI 2.0 does without; so the request is pushed by hand, with the
library's own client authentication. It sends no nonce in DPoP proofs, and so gets as far as the sandbox.
"""

import argparse
import base64
import hashlib
import json
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import requests
from cryptojwt.jwk.jwk import key_from_jwk_dict
from cryptojwt.key_jar import KeyJar
from idpyoidc.client.oauth2 import Client

parser = argparse.ArgumentParser()
for name in ["issuer", "client-id", "redirect-uri", "key"]:
    parser.add_argument(f"--{name}", required=True)
args = parser.parse_args()

parts = urlsplit(args.issuer)
place = urlunsplit(parts._replace(path=parts.path + "/.well-known/oauth-authorization-server"))
metadata = requests.get(place, timeout=10).json()
keys = KeyJar()
keys.add_keys("", [key_from_jwk_dict(json.loads(Path(args.key).read_text()))])
client = Client(
    keyjar=keys,
    config={
        "client_id": args.client_id,
        "issuer": args.issuer,
        "redirect_uris": [args.redirect_uri],
        "client_authn_methods": ["private_key_jwt"],
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "provider_info": metadata,
    },
    services={
        "authorization": {"class": "idpyoidc.client.oauth2.authorization.Authorization"},
        "accesstoken": {"class": "idpyoidc.client.oauth2.access_token.AccessToken"},
        "refresh_token": {"class": "idpyoidc.client.oauth2.refresh_access_token.RefreshAccessToken"},
        "introspection": {"class": "idpyoidc.client.oauth2.introspection.Introspection"},
    },
)
state = client.get_context().cstate.create_key()


def ask(service, endpoint, **request):
    """What the service answers to a request of this service of the library."""
    made = client.get_service(service).get_request_parameters(
        request_args={**request, "state": state},
        method="POST",
        authn_method="private_key_jwt",
        algorithm="ES256",
        endpoint=endpoint,
        state=state,
    )
    answer = requests.post(endpoint, data=made["body"], headers=made["headers"], timeout=10)
    answer.raise_for_status()
    return answer.json()


verifier = secrets.token_urlsafe(48)
challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
client.get_context().cstate.update(state, {"state": state, "iss": args.issuer, "redirect_uri": args.redirect_uri})
place = metadata["pushed_authorization_request_endpoint"]
made = client.get_service("accesstoken").get_request_parameters(
    request_args={"code": "none", "state": state}, authn_method="private_key_jwt", endpoint=place, state=state
)
proof = {name: value for name, value in parse_qsl(made["body"]) if name.startswith("client_assertion")}
request = {
    "response_type": "code",
    "scope": "play",
    "state": state,
    "redirect_uri": args.redirect_uri,
    "code_challenge": challenge,
    "code_challenge_method": "S256",
}
pushed = requests.post(place, data={**request, **proof}, timeout=10).json()
query = urlencode({"client_id": args.client_id, "request_uri": pushed["request_uri"]})
print(f"{metadata['authorization_endpoint']}?{query}", flush=True)
answer = dict(parse_qsl(urlsplit(input()).query))
assert answer["state"] == state and answer["iss"] == args.issuer
tokens = ask(
    "accesstoken",
    metadata["token_endpoint"],
    grant_type="authorization_code",
    code=answer["code"],
    redirect_uri=args.redirect_uri,
    code_verifier=verifier,
)
client.get_context().cstate.update(state, {**tokens})
standing = ask("introspection", metadata["introspection_endpoint"], token=tokens["access_token"])["active"]
renewed = ask("refresh_token", metadata["token_endpoint"], grant_type="refresh_token", refresh_token=tokens["refresh_token"])
print(json.dumps({"type": tokens["token_type"], "standing": standing, "renewed": "access_token" in renewed}), flush=True)
