#!/bin/sh
# Make the passwords that docker/compose.yaml needs, once. Compose mounts the files as they are, and the sidecar runs as
# another user than the one who made them: the folder is closed to others on this machine, the files are not.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
word() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }
if [ ! -e secrets/db_password ]; then
    word >secrets/db_root_password
    word >secrets/db_password
    printf 'mysql+pymysql://magento_economic:%s@db/magento' "$(cat secrets/db_password)" >secrets/magento_database_url
    chmod 444 secrets/*
fi
ls secrets
