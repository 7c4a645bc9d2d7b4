# Sourced by MariaDB's image at its first start: Magento's tables with an empty shop in them, and the sidecar's user.
docker_process_sql --database=magento <<SQL
SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0, unique_checks = 0;
$(cat /magento/1-tables.sql)
$(cat /magento/2-shop.sql)
CREATE USER 'magento_economic'@'%' IDENTIFIED BY '$(cat /run/secrets/db_password)';
GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO 'magento_economic'@'%';
GRANT SELECT ON magento.* TO 'magento_economic'@'%';
SQL
