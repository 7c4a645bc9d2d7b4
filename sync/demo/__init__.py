"""The throwaway world: a private MariaDB, fixture tables, a simulated shop. Used by `demo` and by the tests."""
