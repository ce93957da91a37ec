#!/bin/sh
# Creates Temporal's two databases and brings their schema to the version of the SQL tool. Changes nothing that is there
# already, so it is run before every start and every upgrade of the server. Needs SQL_HOST, SQL_PORT, SQL_USER and
# SQL_PASSWORD, which are the tool's own variables.
set -eu

tool=${TEMPORAL_SQL_TOOL:-temporal-sql-tool}
export SQL_PLUGIN=postgres12

prepare() {
  "$tool" --database "$1" create-database
  "$tool" --database "$1" setup-schema --version 0.0
  "$tool" --database "$1" update-schema --schema-name "postgresql/v12/$2"
}

prepare temporal temporal
prepare temporal_visibility visibility
