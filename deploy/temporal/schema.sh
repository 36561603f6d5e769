#!/bin/sh
# Brings Temporal's two databases to the schema of its version; run at every start, and again after
# a new TEMPORAL_VERSION.
set -eu
update() {
    temporal-sql-tool --db "$1" setup-schema -v 0.0
    temporal-sql-tool --db "$1" update-schema -d "/etc/temporal/schema/postgresql/v12/$2/versioned"
}
update temporal temporal
update temporal_visibility visibility
