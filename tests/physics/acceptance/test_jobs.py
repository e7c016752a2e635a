import os

import pytest

from bsgi.errors import BsgiError
from bsgi.physics.acceptance.jobs import Job, run_jobs


@pytest.mark.parametrize("processes", [1, 2])
def test_results_come_in_the_order_of_the_jobs(processes: int) -> None:
    jobs = [Job(f"job {number}", divmod, (number, 3)) for number in range(7)]
    done = list(run_jobs(jobs, processes))
    assert [job for job, _ in done] == jobs
    assert [result for _, result in done] == [divmod(n, 3) for n in range(7)]


def test_an_error_of_a_job_comes_through() -> None:
    with pytest.raises(ZeroDivisionError):
        list(run_jobs([Job("bad", divmod, (1, 0)), Job("good", divmod, (1, 1))], 2))


def test_a_process_that_was_ended_is_one_sentence() -> None:
    with pytest.raises(BsgiError, match="was ended from outside"):
        list(run_jobs([Job("dies", os._exit, (9,)), Job("good", divmod, (1, 1))], 2))
