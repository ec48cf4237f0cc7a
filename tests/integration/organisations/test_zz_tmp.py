import traceback
from tests.integration.organisations.test_setup_command import *
def test_x(world, tmp_path):
    file = tmp_path / "brugere.csv"
    file.write_bytes(csv_file([HEADER, ANNA]))
    r=ran("import", file)
    traceback.print_exception(r.exception)
    assert 0
