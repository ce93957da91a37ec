#!/bin/sh
# Creates the namespace for the agents, or sets the retention of the one that is there. The search attributes are left
# to the worker, which makes what is missing when it starts. Needs TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.
set -eu

# How long an agent that has ended can be shown, forked and audited. Temporal's own default is 3 days.
retention=90d

settle() {
  temporal operator namespace "$1" --namespace "$TEMPORAL_NAMESPACE" --retention "$retention"
}

attempt=1
until said=$(settle create 2>&1 || settle update 2>&1); do
  # A server that has just been started needs some seconds to find itself, and some to see a new namespace.
  [ "$attempt" -lt 60 ] || { echo "$said" >&2; exit 1; }
  attempt=$((attempt + 1))
  sleep 1
done
echo "$said"
