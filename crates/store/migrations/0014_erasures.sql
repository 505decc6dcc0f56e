-- Which credentials were erased, found without reading all that were not.
CREATE INDEX credentials_erased ON credentials (erased_at, id) WHERE erased_at IS NOT NULL;
