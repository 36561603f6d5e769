#!/bin/sh
# Run once by the image of PostgreSQL, on an empty data folder: our user, Temporal's, their databases.
# Ours may make roles (one per municipality, none of which can log in) and switch to them; it is no
# superuser.
set -eu
psql --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" \
    --set ours="$ROEDTRAAD_DB_PASSWORD" --set temporals="$TEMPORAL_DB_PASSWORD" <<'SQL'
CREATE ROLE roedtraad LOGIN CREATEROLE PASSWORD :'ours';
ALTER ROLE roedtraad SET createrole_self_grant = 'set, inherit';
CREATE DATABASE roedtraad OWNER roedtraad;
REVOKE CONNECT ON DATABASE roedtraad FROM PUBLIC;
CREATE ROLE temporal LOGIN PASSWORD :'temporals';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
SQL
