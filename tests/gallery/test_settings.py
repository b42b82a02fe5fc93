import pytest

from dlintro_demos.gallery.settings import BadSetting, Settings


def test_every_setting_has_a_default_an_operator_can_override():
    chosen = Settings.from_environ({"DLINTRO_PORT": "8600", "DLINTRO_JOB_SECONDS": "7.5"})
    assert (chosen.port, chosen.job_seconds) == (8600, 7.5)
    assert chosen.upload_mb == Settings().upload_mb == 20


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DLINTRO_PORT", "eighty"),
        ("DLINTRO_JOBS_AT_ONCE", "0"),
        ("DLINTRO_JOB_SECONDS", "-1"),
        ("DLINTRO_OUTPUT_MEGAPIXELS", "inf"),
        ("DLINTRO_OUTPUT_MEGAPIXELS", "nan"),
        ("DLINTRO_MODELS_DIR", ""),
        ("DLINTRO_ADDRESS", " "),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(variable, value):
    with pytest.raises(BadSetting, match=variable):
        Settings.from_environ({variable: value})


def test_none_of_a_gpu_is_a_setting_like_any_other():
    assert Settings.from_environ({"DLINTRO_RAY_GPUS": "0"}) == Settings()
    assert Settings.from_environ({"DLINTRO_RAY_GPUS": "0.2"}).ray_gpus == 0.2


def test_there_are_two_engines():
    assert Settings.from_environ({"DLINTRO_ENGINE": "ray"}).engine == "ray"
    with pytest.raises(BadSetting, match=r"DLINTRO_ENGINE.*process or ray"):
        Settings.from_environ({"DLINTRO_ENGINE": "spark"})


def test_other_programs_variables_do_not_matter():
    assert Settings.from_environ({"PORT": "1", "PATH": "/bin"}) == Settings()
