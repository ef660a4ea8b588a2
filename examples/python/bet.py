"""An operator that asks Rastau before anybody plays, with Authlib.

Authlib knows no DPoP yet, so this is for the sandbox, where tokens may be of the bearer. It prints where the player's browser is to go, reads the
address that it came back to, and then checks, renews and gives back.

    python bet.py --issuer http://localhost:8080/sandbox --client-id example-bet --redirect-uri http://localhost:3000/callback
"""

import argparse
import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey


def discover(issuer):
    """The service's own description (RFC 8414): of an issuer with a path it stands behind the well-known name."""
    parts = urlsplit(issuer)
    path = "/.well-known/oauth-authorization-server" + parts.path.rstrip("/")
    answer = requests.get(urlunsplit(parts._replace(path=path)), timeout=10)
    answer.raise_for_status()
    return answer.json()


class Operator:
    """One operator at one Rastau."""

    def __init__(self, issuer, client_id, key, redirect_uri):
        self.service = discover(issuer)
        self.client_id = client_id
        self.authentication = PrivateKeyJWT(self.service["issuer"], headers={"kid": key.kid}, alg="ES256")
        self.session = OAuth2Session(
            client_id,
            key,
            token_endpoint_auth_method=self.authentication,
            revocation_endpoint_auth_method=self.authentication,
            scope="play",
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )

    def begin(self):
        """Pushes the request. Where the browser is to go, and what to keep until it comes back."""
        verifier = generate_token(48)
        endpoint = self.service["authorization_endpoint"]
        address, state = self.session.create_authorization_url(endpoint, code_verifier=verifier)
        pushed = self.session.post(
            self.service["pushed_authorization_request_endpoint"],
            data=dict(parse_qsl(urlsplit(address).query)),
            auth=self.session.client_auth(self.authentication),
            withhold_token=True,
        )
        pushed.raise_for_status()
        query = requests.models.PreparedRequest()
        query.prepare_url(endpoint, {"client_id": self.client_id, "request_uri": pushed.json()["request_uri"]})
        return query.url, (state, verifier)

    def finish(self, address, visit):
        """The browser is back at `address`: tokens, or an error with `access_denied` when the player may not play."""
        state, verifier = visit
        if dict(parse_qsl(urlsplit(address).query)).get("iss") != self.service["issuer"]:
            raise ValueError("the answer is of another issuer (RFC 9207)")
        endpoint = self.service["token_endpoint"]
        return self.session.fetch_token(endpoint, authorization_response=address, state=state, code_verifier=verifier)

    def renew(self, tokens):
        """The next token; fails when the player may no longer play."""
        return self.session.refresh_token(self.service["token_endpoint"], refresh_token=tokens["refresh_token"])

    def introspect(self, token):
        """Whether a token stands."""
        return self.session.introspect_token(self.service["introspection_endpoint"], token=token).json()

    def give_back(self, token):
        """The player left."""
        self.session.revoke_token(self.service["revocation_endpoint"], token=token).raise_for_status()


def main():
    """Goes the whole way once."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--issuer", default="http://localhost:8080/sandbox")
    parser.add_argument("--client-id", default="example-bet")
    parser.add_argument("--redirect-uri", default="http://localhost:3000/callback")
    parser.add_argument("--key", type=Path, default=Path("private.jwk.json"), help="private key, as a JWK")
    given = parser.parse_args()
    key = ECKey.import_key(json.loads(given.key.read_text()))
    operator = Operator(given.issuer, given.client_id, key, given.redirect_uri)
    address, visit = operator.begin()
    print(address, flush=True)
    first = operator.finish(input().strip(), visit)
    standing = operator.introspect(first["access_token"])
    second = operator.renew(first)
    renewed = operator.introspect(second["access_token"])
    operator.give_back(second["access_token"])
    ended = operator.introspect(second["access_token"])
    print(json.dumps({"standing": standing["active"], "renewed": renewed["active"], "ended": not ended["active"]}), flush=True)


if __name__ == "__main__":
    main()
