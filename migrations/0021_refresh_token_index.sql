-- Nothing asks for the tokens of a grant: they stand and fall with it. Each new token wrote a page for this.
DROP INDEX refresh_token_grant;
