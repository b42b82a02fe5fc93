"""Both databases, each test with one of its own."""

import itertools
import os

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bench import postgres
from dlintro_demos.gallery.scores.store import Store, database_url
from tests.gallery.gates import Clock

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL server for all tests of this worker."""
    if postgres.binaries() is None and os.environ.get("DLINTRO_REQUIRE_POSTGRES") != "1":
        pytest.skip("PostgreSQL is not installed")
    with postgres.serving() as server:
        yield server


@pytest.fixture
def own_postgres(postgres_server):
    """The address of an empty database there."""
    name = f"scores{next(_numbers)}"
    url = make_url(postgres_server.url).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return str(make_url(postgres_server.url).set(database=name))


@pytest.fixture(params=["memory", "file", "postgres"])
def address(request, tmp_path):
    """A database's address as an operator sets it."""
    if request.param == "postgres":
        return request.getfixturevalue("own_postgres")
    return "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path}/scores.db"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(address, clock):
    """The tables, made."""
    made = Store(database_url(address), clock)
    made.migrate()
    yield made
    made.hang_up()
